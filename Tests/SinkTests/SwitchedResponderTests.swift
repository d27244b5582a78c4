import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import Testing

/// Messages that choose how they are answered, through the whole onion.
struct SwitchedResponderTests {
    private static func mode(_ value: String) -> [String] {
        ["Subject: x", "X-Blackhole-Mode: \(value)", "", "body"]
    }

    private static let plain = ["Subject: x", "", "X-Blackhole-Mode: bounce=571"]

    @Test(arguments: Way.allCases, [Int.max, 1, 2, 7])
    func `a message chooses its code, and no other's`(way: Way, size: Int) {
        var dialogue = ModeDialogue.begun(ModeSettings())
        for code in ReplyCode.allCases where code.rawValue >= 400 && code != .serviceNotAvailable {
            let line = dialogue.send(
                Self.mode("bounce=\(code.rawValue)"), by: way, inPiecesOf: size)
            #expect(line == code.line())
            #expect(dialogue.send(Self.plain, by: way, inPiecesOf: size).contains("queued as"))
        }
    }

    @Test(arguments: Way.allCases)
    func `pipelined messages are answered each by its own`(way: Way) {
        var dialogue = ModeDialogue.begun(ModeSettings())
        let contents = [
            Self.mode("bounce=571"), Self.plain, Self.mode("offline"), Self.mode("accept"),
            Self.mode("accept=253"), Self.mode("bounce=450"), Self.mode("no"),
        ]
        let replies = dialogue.say(contents.flatMap { way.lines($0) })
        let codes = replies.codes
        let each = codes.count / contents.count
        let last = contents.indices.map { codes[($0 + 1) * each - 1] }
        #expect(last == [571, 250, 521, 250, 253, 450, 250] || way == .chunks)
        #expect(codes.filter { $0 > 400 || $0 == 253 } == [571, 521, 253, 450])
    }

    @Test func `unavailable closes the connection`() {
        for value in ["unavailable", "bounce=421"] {
            var dialogue = ModeDialogue.begun(ModeSettings())
            #expect(dialogue.send(Self.mode(value)) == ReplyCode.serviceNotAvailable.line())
            #expect(dialogue.isClosed == true)
        }
    }

    @Test func `a mode draws with the codes of the policy`() {
        let policy = ModeSettings(.accept) {
            $0.acceptCodes = [.messagesPending]
            $0.bounceCodes = [.blocked]
            $0.acceptRatio = 0.5
            $0.bounceCodesByStage = [.rcpt: [.localError]]
        }
        var dialogue = ModeDialogue.begun(policy)
        #expect(dialogue.send(Self.mode("bounce")) == ReplyCode.blocked.line())
        #expect(dialogue.send(Self.mode("accept")) == ReplyCode.messagesPending.line())
        #expect(dialogue.send(Self.mode("accept=250")).contains("queued as"))
        let drawn = (0..<100).map { _ in dialogue.send(Self.mode("random")) }.counts
        #expect(drawn.count == 2 && drawn.values.allSatisfy { 30...70 ~= $0 })
        #expect(dialogue.send(Self.plain) == ReplyCode.messagesPending.line())
    }

    @Test(arguments: ModeStage.allCases, Way.allCases)
    func `a message decides whatever stage the policy speaks at`(stage: ModeStage, way: Way) {
        let policy = ModeSettings(.accept, at: stage) { $0.bounceCodes = [.blocked] }
        var dialogue = ModeDialogue.begun(policy)
        #expect(dialogue.send(Self.mode("bounce"), by: way) == ReplyCode.blocked.line())
        #expect(dialogue.send(Self.plain, by: way).contains("queued as"))
    }

    @Test(arguments: Way.allCases)
    func `a message is taken that the policy would refuse`(way: Way) {
        var dialogue = ModeDialogue.begun(ModeSettings(.bounce) { $0.bounceCodes = [.blocked] })
        #expect(dialogue.send(Self.mode("accept"), by: way).contains("queued as"))
        #expect(dialogue.send(Self.plain, by: way) == ReplyCode.blocked.line())
    }

    @Test(arguments: ["RSET", "EHLO y"])
    func `what is given up chooses nothing for the next`(command: String) {
        var dialogue = ModeDialogue.begun(ModeSettings())
        let header = "X-Blackhole-Mode: offline"
        _ = dialogue.say(Way.envelope + ["BDAT \(header.utf8.count + 2)", header, command])
        #expect(dialogue.send(["x"]).contains("queued as"))
    }

    @Test(arguments: Way.allCases)
    func `a message over the limit chooses nothing, for itself or the next`(way: Way) {
        let policy = ModeSettings()
        var dialogue = ModeDialogue.begun(policy, maximumMessageSize: 200)
        let long = Self.mode("offline") + Array(repeating: "x", count: 100)
        #expect(dialogue.say(way.lines(long)).codes.contains(552))
        #expect(dialogue.say("RSET").codes == [250])
        #expect(dialogue.send(["x"], by: way).contains("queued as"))
    }

    @Test(arguments: [Int.max, 1])
    func `a stuffed dot is no part of a header`(size: Int) {
        var dialogue = ModeDialogue.begun(ModeSettings())
        let stuffed = Way.envelope + ["DATA", ".X-Blackhole-Mode: offline", "", "."]
        #expect(dialogue.say(stuffed, inPiecesOf: size).codes.last == 521)
        // With two of them one is the name's.
        let twice = Way.envelope + ["DATA", "..X-Blackhole-Mode: offline", "", "."]
        #expect(dialogue.say(twice, inPiecesOf: size).codes.last == 250)
        // A line of one dot that is stuffed is not the empty line.
        #expect(
            dialogue.send([".", "X-Blackhole-Mode: offline"], inPiecesOf: size).hasPrefix("521"))
    }

    @Test func `a header may be cut by chunks anywhere`() {
        let content = "X-Blackhole-Mode: bounce=571\r\n\r\n"
        var dialogue = ModeDialogue.begun(ModeSettings())
        for cut in 0...content.utf8.count {
            let (first, second) = (content.prefix(utf8: cut), content.dropFirst(utf8: cut))
            dialogue.loopback.send(
                Way.envelope.map { $0 + "\r\n" }.joined()
                    + "BDAT \(first.utf8.count)\r\n\(first)"
                    + "BDAT \(second.utf8.count) LAST\r\n\(second)")
            #expect(dialogue.replies().codes == [250, 250, 250, 571])
        }
    }

    @Test func `without switches content is not looked at`() {
        var dialogue = ModeDialogue.begun(ModeSettings(.accept) { $0.hasHeaderSwitches = false })
        for way in Way.allCases {
            #expect(dialogue.send(Self.mode("offline"), by: way).contains("queued as"))
        }
    }

    // MARK: Delays

    /// Sends a message and demands that its reply comes after so many seconds, not before.
    private func expect(
        _ dialogue: inout ModeDialogue, _ content: [String], after seconds: Int, code: Int = 250,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var codes = dialogue.say(Way.data.lines(content)).codes
        if seconds > 0 {
            #expect(codes == [250, 250, 354], sourceLocation: sourceLocation)
            dialogue.loopback.advance(by: .milliseconds(seconds * 1_000 - 1))
            #expect(dialogue.replies().isEmpty, sourceLocation: sourceLocation)
            dialogue.loopback.advance(by: .milliseconds(1))
            codes += dialogue.replies().codes
        }
        #expect(codes == [250, 250, 354, code], sourceLocation: sourceLocation)
    }

    @Test func `a message chooses its delay in the place of the policy's`() {
        let policy = ModeSettings { $0.delay = DelayRange(.seconds(3), .seconds(3)) }
        var dialogue = ModeDialogue.begun(policy)
        expect(&dialogue, ["x"], after: 3)
        expect(&dialogue, ["X-Blackhole-Delay: 5"], after: 5)
        expect(
            &dialogue, ["X-Blackhole-Delay: 7, 7", "X-Blackhole-Mode: offline"], after: 7, code: 521
        )
        expect(&dialogue, ["X-Blackhole-Delay: 0"], after: 0)
        expect(&dialogue, ["X-Blackhole-Delay: -1"], after: 3)
        expect(&dialogue, ["X-Blackhole-Delay: 3600"], after: 60)
        expect(&dialogue, ["X-Blackhole-Mode: offline"], after: 3, code: 521)
        expect(&dialogue, ["", "X-Blackhole-Delay: 5"], after: 3)
    }

    @Test func `a delay at another stage is not repeated at the end of the message`() {
        let policy = ModeSettings(.accept, at: .helo) {
            $0.delay = DelayRange(.seconds(3), .seconds(3))
        }
        var dialogue = ModeDialogue.begun(policy)
        dialogue.loopback.advance(by: .seconds(3))
        #expect(dialogue.replies().codes == [250])
        expect(&dialogue, ["X-Blackhole-Mode: offline"], after: 0, code: 521)
        expect(&dialogue, ["X-Blackhole-Delay: 2"], after: 2)
        expect(&dialogue, ["x"], after: 0)
    }
}

extension String {
    fileprivate func prefix(utf8 count: Int) -> String {
        String(decoding: utf8.prefix(count), as: UTF8.self)
    }

    fileprivate func dropFirst(utf8 count: Int) -> String {
        String(decoding: utf8.dropFirst(count), as: UTF8.self)
    }
}
