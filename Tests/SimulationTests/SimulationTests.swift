import BlackholeSimulation
import Testing

@Suite struct `A simulation` {
    /// Runs, and records what was found with the command that finds it again.
    @discardableResult
    private func run(_ options: SimulationOptions) -> SimulationOutcome? {
        var simulation = Simulation(options)
        do throws(SimulationFailure) {
            return try simulation.run()
        } catch {
            Issue.record("\(error)")
            return nil
        }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `of a known seed finds nothing`(seed: UInt64) {
        let outcome = run(SimulationOptions(seed: seed))
        #expect(outcome.map { $0.clients > 100 } ?? false)
    }

    @Test func `has clients that rules answer, beside others`() throws {
        let outcomes = (1...12 as ClosedRange<UInt64>).compactMap { seed in
            run(SimulationOptions(seed: seed, steps: 2_000))
        }
        let ruled = outcomes.filter { $0.ruledClients > 0 }
        #expect(ruled.count > 2 && ruled.count < outcomes.count)
        #expect(ruled.contains { $0.messages > 0 })
        #expect(ruled.contains { $0.clients > $0.ruledClients })
    }

    @Test func `of a fresh seed finds nothing`() {
        for _ in 0..<8 {
            let options = SimulationOptions(seed: .random(in: 0...1 << 40))
            print("A fresh seed: \(options.command)")
            run(options)
        }
    }

    @Test(arguments: [1, 3, 20])
    func `of few clients finds nothing`(clients: Int) {
        for seed in 1...20 {
            run(SimulationOptions(seed: UInt64(seed), steps: 2_000, clients: clients))
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `comes through whichever call fails`(seed: UInt64) throws {
        var options = SimulationOptions(seed: seed, steps: 300, clients: 5)
        let calls = try #require(run(options)).fallibleCalls
        #expect(calls > 100)
        for number in 1...calls {
            options.failingCall = (number, number % 2 == 0 ? 12 : 104)
            run(options)
        }
    }

    @Test func `is the same whenever it is run`() throws {
        let options = SimulationOptions(seed: 7, steps: 5_000)
        let first = try #require(run(options))
        let second = try #require(run(options))
        #expect(first == second)
        var other = options
        other.seed = 8
        let third = try #require(run(other))
        #expect(third.hash != first.hash)
    }

    @Test(arguments: Sabotage.allCases)
    func `finds a kernel that does what none does`(sabotage: Sabotage) throws {
        let failures = (1...20 as ClosedRange<UInt64>).compactMap { seed in
            var simulation = Simulation(SimulationOptions(seed: seed, sabotage: sabotage))
            do throws(SimulationFailure) {
                _ = try simulation.run()
                return nil as SimulationFailure?
            } catch {
                return error
            }
        }
        let failure = try #require(failures.first)
        #expect(failure.description.contains("make simulate SEED=\(failure.options.seed)"))
    }
}
