import BlackholePipeline
import BlackholeRules
import Testing

@Suite struct GreyTests {
    private func tally(keyed: Bool) -> Tally {
        makeTally {
            $0.grey = .seconds(300)..<(.seconds(7200))
            $0.per = keyed ? [.ip] : []
        }
    }

    @Test(arguments: [false, true])
    func `a client is refused until the window opens, and let through until it closes`(
        keyed: Bool
    ) {
        let tally = tally(keyed: keyed)
        let client = keyed ? key(1) : nil
        func isRefused(_ duration: Duration) -> Bool {
            tally.decide(client, at: at(.seconds(1000) + duration)).fires
        }
        #expect(isRefused(.zero))
        #expect(isRefused(.seconds(299)))
        #expect(isRefused(.seconds(300) - .nanoseconds(1)))
        #expect(!isRefused(.seconds(300)))
        #expect(!isRefused(.seconds(7200) - .nanoseconds(1)))
        // Forgotten: this is a first attempt.
        #expect(isRefused(.seconds(7200)))
        #expect(isRefused(.seconds(7499)))
        #expect(!isRefused(.seconds(7500)))
    }

    @Test(arguments: [false, true])
    func `an early attempt does not begin anew, and passing does not renew`(keyed: Bool) {
        let tally = tally(keyed: keyed)
        let client = keyed ? key(1) : nil
        for second in 0..<300 {
            #expect(tally.decide(client, at: at(.seconds(second))).fires)
        }
        for second in stride(from: 300, to: 7200, by: 100) {
            #expect(!tally.decide(client, at: at(.seconds(second))).fires)
        }
        #expect(tally.decide(client, at: at(.seconds(7200))).fires)
    }

    @Test func `each key has an attempt of its own`() {
        let tally = tally(keyed: true)
        #expect(tally.decide(key(1), at: at(.zero)).fires)
        #expect(tally.decide(key(2), at: at(.seconds(300))).fires)
        #expect(!tally.decide(key(1), at: at(.seconds(300))).fires)
    }

    @Test func `grey=0 to 0 lets everything through and comes to an end`() {
        let tally = makeTally { $0.grey = .zero..<(.zero) }
        #expect(tally.fires(3) == [false, false, false])
    }

    @Test(arguments: 1...20, [false, true])
    func `grey takes the decisions of its description`(seed: UInt64, keyed: Bool) {
        var random = RandomSource(seed: seed)
        let tally = tally(keyed: keyed)
        var first: Int?
        var second = 0
        for _ in 0..<1000 {
            second += Int.random(
                in: 0..<(1 << Int.random(in: 0...12, using: &random)), using: &random)
            if let start = first, second - start >= 7200 { first = nil }
            let start = first ?? second
            first = start
            let decision = tally.decide(keyed ? key(1) : nil, at: at(.seconds(second)))
            #expect(decision.fires == (second - start < 300))
        }
    }
}
