import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import Testing

/// What is drawn by chance, under a seed that is the same in every run.
struct ChanceTests {
    /// The last replies to so many messages.
    static func messages(_ count: Int, _ policy: ModeSettings, seed: UInt64 = 1) -> [String] {
        var dialogue = ModeDialogue.begun(policy, seed: seed)
        return (0..<count).map { _ in dialogue.send() }
    }

    /// The replies to so many recipients of one message.
    static func recipients(_ count: Int, _ policy: ModeSettings) -> [String] {
        var dialogue = ModeDialogue.begun(policy)
        _ = dialogue.say(Way.envelope[0])
        return (0..<count).map { _ in dialogue.say(Way.envelope[1]).last ?? "nothing" }
    }

    /// Whether every code of a list comes up about as often as the others, and nothing else does.
    static func expectEven(_ lines: [String], _ codes: [ReplyCode], at stage: ModeStage) {
        let counts = lines.counts
        #expect(Set(counts.keys) == Set(codes.map { $0.line(at: stage) }))
        let mean = lines.count / codes.count
        // Five standard deviations of what is nearly a Poisson distribution with this mean.
        let most = 5 * Int(Double(mean).squareRoot())
        #expect(counts.values.allSatisfy { abs($0 - mean) < most })
    }

    /// The bounce table without the code that ends the connection.
    static let staying = ModeSettings.allBounceCodes.filter { $0 != .serviceNotAvailable }

    @Test func `a bounce has each code as often as any other`() {
        let policy = ModeSettings(.bounce) { $0.bounceCodes = Self.staying }
        Self.expectEven(Self.messages(3_000, policy), Self.staying, at: .message)
    }

    @Test func `every recipient is decided by itself`() {
        let policy = ModeSettings(.bounce, at: .rcpt) { $0.bounceCodes = Self.staying }
        Self.expectEven(Self.recipients(3_000, policy), Self.staying, at: .rcpt)
    }

    @Test func `the table of 16 codes closes one connection in 16`() {
        var closed = 0
        for seed in 0..<1_600 {
            var dialogue = ModeDialogue(ModeSettings(.bounce, at: .connect), seed: UInt64(seed))
            let codes = dialogue.replies().codes
            #expect(dialogue.isClosed == (codes == [421]))
            closed += dialogue.isClosed ? 1 : 0
        }
        #expect(50...150 ~= closed)
    }

    @Test(arguments: [0, 0.1, 0.5, 0.9, 1])
    func `random accepts its ratio`(ratio: Double) {
        let policy = ModeSettings(.random) {
            $0.acceptRatio = ratio
            $0.bounceCodes = Self.staying
        }
        let accepted = Self.messages(2_000, policy).codes.count { $0 == 250 }
        let expected = Int(2_000 * ratio)
        let most = ratio == 0 || ratio == 1 ? 0 : 110
        #expect(abs(accepted - expected) <= most)
    }

    @Test func `random bounces with the bounce table`() {
        let policy = ModeSettings(.random) {
            $0.acceptRatio = 0.2
            $0.bounceCodes = Self.staying
        }
        let refused = Self.messages(3_000, policy).filter { !$0.hasPrefix("250") }
        Self.expectEven(refused, Self.staying, at: .message)
    }

    @Test func `accepts a message with each of the codes, and names it with 250`() {
        let codes: [ReplyCode] = [.ok, .userNotLocal, .cannotVerify, .messagesPending]
        let lines = Self.messages(2_000, ModeSettings(.accept) { $0.acceptCodes = codes })
        let others = lines.filter { !$0.contains("queued as") }
        Self.expectEven(others, Array(codes.dropFirst()), at: .message)
        #expect(400...600 ~= lines.count - others.count)
    }

    @Test func `accepts a recipient with the codes that RCPT may have`() {
        let all: [ReplyCode] = [.ok, .userNotLocal, .cannotVerify, .messagesPending]
        let lines = Self.recipients(
            1_000, ModeSettings(.accept, at: .rcpt) { $0.acceptCodes = all })
        #expect(Set(lines.codes) == [250, 251])
        let forwarded = lines.counts[ReplyCode.userNotLocal.line()] ?? 0
        #expect(400...600 ~= forwarded)
        // With none of them it is the stage's own.
        let none = ModeSettings(.accept, at: .rcpt) { $0.acceptCodes = [.cannotVerify] }
        #expect(Set(Self.recipients(9, none).codes) == [250])
    }

    @Test(arguments: ModeStage.allCases.filter { $0 != .rcpt && $0 != .message })
    func `accepts with the stage's own words elsewhere`(stage: ModeStage) {
        let policy = ModeSettings(.accept, at: stage) { $0.acceptCodes = [.messagesPending] }
        for way in Way.allCases {
            let said = ModeTests.talk(policy, way)
            #expect(said.allSatisfy { [$1].codes == [ModeTests.own[$0]] })
        }
    }

    @Test(arguments: ModeStage.allCases)
    func `a stage may have codes of its own`(stage: ModeStage) {
        let policy = ModeSettings(.bounce, at: stage) {
            $0.bounceCodes = [.blocked]
            $0.bounceCodesByStage = [stage: [.localError, .mechanismTooWeak]]
        }
        let seen = Set((0..<40).map { ModeTests.talk(policy, .data, seed: $0)[stage] })
        #expect(seen == ["451", "534"].mapped(at: stage))
        var others = policy
        others.bounceCodesByStage = [stage == .mail ? .rcpt : .mail: [.localError]]
        #expect(ModeTests.talk(others, .data)[stage] == ReplyCode.blocked.line(at: stage))
    }

    @Test func `lists without a code neither trap nor accept`() {
        let policy = ModeSettings(.bounce) { $0.bounceCodes = [] }
        #expect(Self.messages(1, policy).codes == [550])
        #expect(Self.messages(1, ModeSettings(.accept) { $0.acceptCodes = [] }).codes == [250])
    }

    @Test func `the same seed decides the same`() {
        let policy = ModeSettings(.random) { $0.bounceCodes = Self.staying }
        let first = Self.messages(200, policy, seed: 7)
        #expect(Self.messages(200, policy, seed: 7) == first)
        #expect(Self.messages(200, policy, seed: 8) != first)
    }
}

extension [String] {
    /// The lines of the codes that are given in digits.
    fileprivate func mapped(at stage: ModeStage) -> Set<String?> {
        Set(map { UInt16($0).flatMap(ReplyCode.init)?.line(at: stage) })
    }
}
