import BlackholePipeline
import BlackholeRuleScenarios
import BlackholeRules
import BlackholeTestSupport
import Glibc
import Synchronization
import Testing

@Suite struct TallyThreadTests {
    /// Makes matches on threads at once, and returns all decisions.
    private func decisions(
        of tally: Tally, threads: Int, matches: Int, at now: @escaping @Sendable (Int) -> Instant,
        _ key: @escaping @Sendable (Int) -> TallyKey? = { _ in nil }
    ) -> [Tally.Decision] {
        let all = Mutex<[Tally.Decision]>([])
        let begun = Atomic(0)
        withThreads(threads) { _ in
            begun.add(1, ordering: .relaxed)
            while begun.load(ordering: .relaxed) < threads {}
            let own = (0..<(matches / threads)).map { tally.decide(key($0), at: now($0)) }
            all.withLock { $0 += own }
        }
        return all.withLock { $0 }
    }

    @Test(arguments: [1, 2, 8])
    func `counts are exact on any number of threads`(threads: Int) {
        let tally = makeTally {
            $0.after = 100
            $0.first = 5000
            $0.every = 7
        }
        let made = decisions(of: tally, threads: threads, matches: 16_000) { _ in at(.zero) }
        #expect(made.count { $0.fires } == 714)
        #expect(Set(made.map(\.count)) == Set(1...16_000))
        #expect(tally.matches == 16_000)
        #expect(tally.fires == 714)
    }

    @Test func `the draws of N matches are the same on 1, 2 and 8 threads`() {
        let sets = [1, 2, 8].map { threads in
            let tally = makeTally(seed: 9) { $0.chance = Chance(1, in: 3) }
            let made = decisions(of: tally, threads: threads, matches: 8000) { _ in at(.zero) }
            return Set(
                made.map { decision in
                    var draw = decision.draw
                    return "\(decision.fires) \(draw.bits())"
                })
        }
        #expect(sets[0].count == 8000)
        #expect(sets[1] == sets[0])
        #expect(sets[2] == sets[0])
    }

    @Test(arguments: [1, 2, 8])
    func `keys have exact counts on any number of threads`(threads: Int) {
        let tally = makeTally {
            $0.per = .ip
            $0.first = 10
        }
        let made = decisions(of: tally, threads: threads, matches: 16_000) { _ in
            at(.zero)
        } _: {
            key($0 % 50)
        }
        #expect(made.count { $0.fires } == 500)
        #expect(tally.matches == 16_000)
    }

    @Test(arguments: [2, 8], [false, true])
    func `a rate lets exactly N through on any number of threads`(threads: Int, keyed: Bool) {
        let tally = makeTally {
            $0.over = PaceSettings.Rate(1000, per: .seconds(1))
            $0.per = keyed ? .ip : []
        }
        let made = decisions(of: tally, threads: threads, matches: 8000) { match in
            // All within a period, over many slots: each thread goes on through them.
            at(.microseconds(match * 100))
        } _: { _ in
            keyed ? key(1) : nil
        }
        #expect(made.count { !$0.fires } == 1000)
    }

    @Test(arguments: 1...8, [Int64(0), 70_000_000])
    func `a rate that threads move on together takes the decisions of a list of times`(
        seed: UInt64, hold: Int64
    ) {
        let period: Int64 = 63_000_000
        let rate = PaceSettings.Rate(10, per: .nanoseconds(period))
        let window = RateWindow(Pace.Over(rate, hold: .nanoseconds(hold)))
        let rounds = 400
        let threads = 3
        let each = 3
        var random = RandomSource(seed: seed)
        var time: Int64 = 0
        let times = (0..<rounds).map { _ in
            time += Int64.random(in: 0...20_000_000, using: &random)
            return time
        }
        // All matches of a round have one time, so that their order makes no difference.
        let letThrough = Mutex([Int](repeating: 0, count: rounds))
        let arrived = Atomic(0)
        withThreads(threads) { _ in
            for (round, time) in times.enumerated() {
                arrived.add(1, ordering: .acquiringAndReleasing)
                while arrived.load(ordering: .acquiring) < threads * (round + 1) { sched_yield() }
                let verdicts = (0..<each).map { _ in window.count(at: time) }
                letThrough.withLock { $0[round] += verdicts.count { $0 == .under } }
            }
        }
        var naive = NaiveRate(limit: 10, period: period, hold: hold)
        let expected = times.map { time in
            (0..<(threads * each)).count { _ in !naive.isExceeded(at: time) }
        }
        #expect(letThrough.withLock { $0 } == expected)
    }

    @Test(arguments: 1...20)
    func `a latch trips once a hold on any number of threads`(seed: Int) {
        let tally = makeTally {
            $0.over = PaceSettings.Rate(5, per: .seconds(1))
            $0.hold = .seconds(10)
        }
        for round in 0..<20 {
            let made = decisions(of: tally, threads: 4, matches: 400) { _ in
                at(.seconds(10 * round))
            }
            #expect(made.count { !$0.fires } == 5)
        }
        #expect(tally.trips() == 20)
    }

    @Test func `one thread's attempt is the first of grey=, whatever the number of threads`() {
        let tally = makeTally { $0.grey = .seconds(1)..<(.seconds(2)) }
        let early = decisions(of: tally, threads: 8, matches: 800) { _ in at(.zero) }
        #expect(!early.contains { !$0.fires })
        let later = decisions(of: tally, threads: 8, matches: 800) { _ in at(.seconds(1)) }
        #expect(!later.contains { $0.fires })
    }

    @Test func `open connections are exact on any number of threads`() {
        let open = makeTallies().open
        withThreads(8) { thread in
            for round in 0..<2000 {
                open.enter()
                open.enter(key(round % 100))
                if round % 4 != thread % 4 {
                    open.leave()
                    open.leave(key(round % 100))
                }
            }
        }
        #expect(open.total == 4000)
        #expect((0..<100).reduce(0) { $0 + open[key($1)] } == 4000)
    }
}

/// Runs a closure on threads at once, and waits for all.
private func withThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let threads = (0..<count).map { index in Background { body(index) } }
    for thread in threads { thread.join() }
}
