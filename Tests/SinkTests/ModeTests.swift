import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import Testing

/// What each mode says at each stage, whatever way the content comes.
struct ModeTests {
    /// The stages in the order of a session, with what leads to each; the last depends on the way.
    static func steps(_ way: Way) -> [(stage: ModeStage, lines: [String])] {
        let content = way.commands(["Subject: x", "", "y"])
        let before: [(ModeStage, [String])] = [
            (.connect, []), (.helo, ["EHLO client.example"]), (.mail, [Way.envelope[0]]),
            (.rcpt, [Way.envelope[1]]),
        ]
        guard way == .data else { return before + [(.message, content)] }
        return before + [(.data, ["DATA"]), (.message, Array(content.dropFirst()))]
    }

    /// Where a mode is heard whose stage is `stage`.
    static func heard(at stage: ModeStage, _ way: Way) -> ModeStage {
        stage == .data && way != .data ? .message : stage
    }

    /// Talks until a refusal; gives what was said at each stage.
    static func talk(_ policy: ModeSettings, _ way: Way, seed: UInt64 = 1) -> [ModeStage: String] {
        var dialogue = ModeDialogue(policy, seed: seed)
        var said: [ModeStage: String] = [:]
        for (stage, lines) in steps(way) {
            let reply = lines.isEmpty ? dialogue.replies() : dialogue.say(lines)
            said[stage] = reply.last
            let isRefused = (reply.codes.last ?? 0) >= 400
            #expect(dialogue.isClosed == (reply.codes.last == 421))
            if isRefused { break }
        }
        return said
    }

    static let own: [ModeStage: Int] = [
        .connect: 220, .helo: 250, .mail: 250, .rcpt: 250, .data: 354, .message: 250,
    ]

    @Test(arguments: ModeStage.allCases, Way.allCases)
    func `accept takes everything`(stage: ModeStage, way: Way) {
        for hasHeaderSwitches in [false, true] {
            let policy = ModeSettings(.accept, at: stage) {
                $0.hasHeaderSwitches = hasHeaderSwitches
            }
            let said = Self.talk(policy, way)
            for (stage, _) in Self.steps(way) {
                #expect([said[stage] ?? ""].codes == [Self.own[stage]])
            }
            #expect(said[.message]?.contains("queued as") == true)
        }
    }

    @Test(arguments: ModeStage.allCases, Way.allCases)
    func `bounce speaks at its stage with each of its codes`(stage: ModeStage, way: Way) {
        for code in ModeSettings.allBounceCodes {
            let policy = ModeSettings(.bounce, at: stage) { $0.bounceCodes = [code] }
            expectRefusal(code, policy, stage, way)
        }
    }

    @Test(arguments: ModeStage.allCases, Way.allCases)
    func `unavailable is 421, and the connection is closed`(stage: ModeStage, way: Way) {
        expectRefusal(.serviceNotAvailable, ModeSettings(.unavailable, at: stage), stage, way)
    }

    @Test(arguments: ModeStage.allCases, Way.allCases)
    func `offline is 521`(stage: ModeStage, way: Way) {
        expectRefusal(.acceptsNoMail, ModeSettings(.offline, at: stage), stage, way)
    }

    private func expectRefusal(
        _ code: ReplyCode, _ policy: ModeSettings, _ stage: ModeStage, _ way: Way
    ) {
        for hasHeaderSwitches in [false, true] {
            var policy = policy
            policy.hasHeaderSwitches = hasHeaderSwitches
            let said = Self.talk(policy, way)
            let heard = Self.heard(at: stage, way)
            for (stage, _) in Self.steps(way).prefix(while: { $0.stage != heard }) {
                #expect([said[stage] ?? ""].codes == [Self.own[stage]])
            }
            #expect(said[heard] == code.line(at: heard == stage ? stage : .message))
        }
    }

    @Test func `unavailable and offline greet with it unless they are told otherwise`() {
        #expect(
            Self.talk(ModeSettings(.unavailable), .data)
                == [.connect: "421 Service not available, closing transmission channel"])
        #expect(
            Self.talk(ModeSettings(.offline), .data) == [
                .connect: "521 Machine does not accept mail"
            ])
    }

    @Test func `offline leaves it to the client to go`() {
        var dialogue = ModeDialogue(ModeSettings(.offline))
        #expect(dialogue.replies().codes == [521])
        #expect(dialogue.isClosed == false)
        #expect(dialogue.say("EHLO x").codes.allSatisfy { $0 >= 500 })
        #expect(dialogue.say("QUIT").codes == [221])
        #expect(dialogue.isClosed == true)
    }

    @Test func `421 is the last word of a batch`() {
        let policy = ModeSettings(.bounce, at: .rcpt) { $0.bounceCodes = [.serviceNotAvailable] }
        var dialogue = ModeDialogue.begun(policy)
        #expect(dialogue.say(Way.envelope + ["RSET", "NOOP"]).codes == [250, 421])
        #expect(dialogue.isClosed == true)
    }

    @Test func `a connection goes on behind a bounce`() {
        let policy = ModeSettings(.bounce) { $0.bounceCodes = [.blocked] }
        var dialogue = ModeDialogue.begun(policy)
        for way in Way.allCases { #expect(dialogue.send(["x"], by: way) == "571 5.7.1 Blocked") }
    }

    @Test func `a refused DATA may be followed by BDAT, which is asked again`() {
        let policy = ModeSettings(.bounce, at: .data) { $0.bounceCodes = [.blocked] }
        var dialogue = ModeDialogue.begun(policy)
        #expect(dialogue.say(Way.envelope + ["DATA"]).codes == [250, 250, 571])
        #expect(dialogue.say("BDAT 3 LAST", "x").codes == [571])
    }

    @Test func `a decision at DATA is not drawn again at the end of the message`() {
        let policy = ModeSettings(.random, at: .data) { $0.bounceCodes = [.blocked] }
        var dialogue = ModeDialogue.begun(policy)
        var seen: Set<[Int]> = []
        for _ in 0..<50 {
            let data = dialogue.say(Way.envelope + ["DATA"]).codes
            if data.last == 354 {
                #expect(dialogue.say("x", ".").codes == [250])
            } else {
                #expect(dialogue.say("RSET").codes == [250])
            }
            seen.insert(data)
        }
        #expect(seen == [[250, 250, 354], [250, 250, 571]])
        // The decision was the message's: the next one's comes by itself.
        let last = (0..<50).map { _ in dialogue.send(["x"], by: .chunk).prefix(3) }
        #expect(Set(last) == ["250", "571"])
    }

    @Test func `content is wanted only for its headers`() {
        #expect(!PlainResponder<NoRequests>.wantsContent)
        #expect(PlainResponder<RequestReader>.wantsContent)
    }
}
