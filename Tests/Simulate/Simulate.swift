import BlackholeSimulation
import Glibc

/// Runs one seed, or as many as are asked for from it on, and says what it has found.
///
/// Everything is said as `NAME=number`: SEED, COUNT of seeds, STEPS, CLIENTS, and for a run in
/// which one call fails CALL and its ERROR.
@main
enum Simulate {
    static func main() {
        let first = value("SEED").map { UInt64($0) } ?? .random(in: 0...1 << 40)
        var options = SimulationOptions(seed: first)
        if let steps = value("STEPS") { options.steps = steps }
        if let clients = value("CLIENTS") { options.clients = clients }
        if let call = value("CALL") { options.failingCall = (call, Int32(value("ERROR") ?? 12)) }
        for seed in first..<first + UInt64(value("COUNT") ?? 1) {
            options.seed = seed
            run(options)
        }
    }

    /// Ends at the first failure.
    private static func run(_ options: SimulationOptions) {
        var simulation = Simulation(options)
        do throws(SimulationFailure) {
            print("seed \(options.seed): \(try simulation.run())")
        } catch {
            print(error)
            exit(1)
        }
    }

    private static func value(_ name: String) -> Int? {
        let start = name + "="
        guard let argument = CommandLine.arguments.first(where: { $0.hasPrefix(start) }) else {
            return nil
        }
        guard let number = Int(argument.dropFirst(start.count)), number >= 0 else {
            print("\(name) is no number: \(argument)")
            exit(64)
        }
        return number
    }
}
