import BlackholePipeline
import BlackholeRuleScenarios
import BlackholeRules
import Testing

@Suite struct OverTests {
    /// A rule over a rate, with a key or without.
    private func tally(
        _ limit: UInt64, per period: Duration, hold: Duration = .zero, keyed: Bool
    ) -> Tally {
        makeTally {
            $0.over = PaceSettings.Rate(limit, per: period)
            $0.hold = hold
            $0.per = keyed ? .ip : []
        }
    }

    @Test(arguments: [false, true])
    func `the match after the Nth in a window trips, and those after it do not count`(
        keyed: Bool
    ) {
        let tally = tally(3, per: .seconds(1), keyed: keyed)
        let client = keyed ? key(1) : nil
        #expect(tally.fires(6, client) == [false, false, false, true, true, true])
        #expect(!tally.decide(client, at: at(.milliseconds(1016))).fires)
        #expect(tally.matches == 7)
        #expect(tally.fires == 3)
        #expect(tally.trips(of: client) == 1)
    }

    @Test(arguments: [false, true])
    func `over=0 is exceeded by each match`(keyed: Bool) {
        let tally = tally(0, per: .seconds(1), keyed: keyed)
        #expect(tally.fires(2, keyed ? key(1) : nil) == [true, true])
    }

    @Test(arguments: [false, true])
    func `a hold begins at the trip, is not extended, and the rate begins anew after it`(
        keyed: Bool
    ) {
        let tally = tally(2, per: .hours(1), hold: .seconds(10), keyed: keyed)
        let client = keyed ? key(1) : nil
        #expect(tally.fires(3, client, at: at(.seconds(100))) == [false, false, true])
        #expect(tally.fires(5, client, at: at(.seconds(109))) == [true, true, true, true, true])
        let last = at(.seconds(110) - .nanoseconds(1))
        #expect(tally.fires(1, client, at: last) == [true])
        #expect(tally.fires(3, client, at: at(.seconds(110))) == [false, false, true])
        #expect(tally.trips(of: client) == 2)
    }

    @Test func `each key has a rate and a latch of its own`() {
        let tally = tally(1, per: .seconds(1), hold: .minutes(1), keyed: true)
        #expect(tally.fires(2, key(1)) == [false, true])
        #expect(tally.fires(1, key(2)) == [false])
        #expect(tally.trips(of: key(1)) == 1)
        #expect(tally.trips(of: key(2)) == 0)
    }

    @Test func `counts apply to the matches that exceed the rate`() {
        let tally = makeTally {
            $0.over = PaceSettings.Rate(2, per: .seconds(1))
            $0.every = 2
        }
        #expect(tally.fires(6) == [false, false, false, true, false, true])
    }

    @Test(arguments: 1...60)
    func `a rate takes the decisions of a list of times, with a key and without`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let limits: [UInt64] = [1, 2, 5, 20, 255, 256, 300, 70_000]
        let limit = limits.randomElement(using: &random) ?? 1
        let period = Duration.milliseconds(Int.random(in: 1...3000, using: &random))
        let holds: [Duration] = [.zero, period * 2, period, period / 100]
        let hold = holds.randomElement(using: &random) ?? .zero
        let keyed = tally(limit, per: period, hold: hold, keyed: true)
        let plain = tally(limit, per: period, hold: hold, keyed: false)
        let length = period / .nanoseconds(1)
        var naive = NaiveRate(
            limit: Int(limit), period: Int64(length), hold: Int64(hold / .nanoseconds(1)))
        var time: Int64 = Int64.random(in: 0...1_000_000_000, using: &random)
        let crowd = 1 << Int.random(in: 0...6, using: &random)
        let most = Int64(length * Double(crowd) * 4 / Double(limit))
        for _ in 0..<3000 {
            let isBurst = Int.random(in: 0..<crowd, using: &random) > 0
            time += isBurst ? 0 : Int64.random(in: 0...most, using: &random)
            let expected = naive.isExceeded(at: time)
            let now = Instant(nanoseconds: time)
            #expect(keyed.decide(key(7), at: now).fires == expected)
            #expect(plain.decide(at: now).fires == expected)
        }
        #expect(keyed.trips(of: key(7)) == UInt64(naive.trips))
        #expect(plain.trips() == UInt64(naive.trips))
    }

    @Test(arguments: 1...40, [false, true])
    func `no window lets more than N through, and any two together at least N`(
        seed: UInt64, keyed: Bool
    ) {
        var random = RandomSource(seed: seed)
        let limit = Int.random(in: 1...40, using: &random)
        let period: Int64 = 1_000_000_000
        let tally = tally(UInt64(limit), per: .seconds(1), keyed: keyed)
        let client = keyed ? key(1) : nil
        // More than the rate at all times, now and then in a burst.
        let step = period / Int64(limit * Int.random(in: 3...9, using: &random))
        var letThrough: [Int64] = []
        var time: Int64 = 0
        while time < 20 * period {
            time += Int64.random(in: 0...step, using: &random)
            let now = Instant(nanoseconds: time)
            for _ in 0..<(Int.random(in: 0..<20, using: &random) == 0 ? limit : 1)
            where !tally.decide(client, at: now).fires {
                letThrough.append(time)
            }
        }
        for index in letThrough.indices.dropFirst(limit) {
            #expect(letThrough[index] - letThrough[index - limit] > period)
        }
        for start in stride(from: 0, to: 18 * period, by: Int(period / 7)) {
            let window = start..<(start + 2 * period)
            #expect(letThrough.count { window.contains($0) } >= limit)
        }
    }

    @Test func `a time before the latest that was counted is taken for the latest`() {
        let tally = tally(2, per: .seconds(1), keyed: false)
        #expect(!tally.decide(at: at(.seconds(100))).fires)
        #expect(!tally.decide(at: at(.seconds(98))).fires)
        #expect(tally.decide(at: at(.seconds(99))).fires)
        #expect(tally.decide(at: at(.milliseconds(100_900))).fires)
        #expect(!tally.decide(at: at(.seconds(102))).fires)
    }
}

extension Duration {
    fileprivate static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }
    fileprivate static func hours(_ count: Int) -> Duration { .seconds(3600 * count) }
}
