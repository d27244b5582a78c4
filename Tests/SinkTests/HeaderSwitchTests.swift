import BlackholeFuzzBodies
import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import BlackholeTestSupport
import Testing

/// What a message's headers choose, by the machine alone.
struct HeaderSwitchTests {
    /// What the content chooses, however it is cut in two, or byte by byte.
    static func choice(
        _ content: String, sourceLocation: SourceLocation = #_sourceLocation
    ) -> MessageRequest {
        let bytes = Array(content.utf8)
        var switches = RequestReader()
        let whole = switches.choice(of: [bytes[...]])
        for cut in stride(from: 0, through: bytes.count, by: 1 + bytes.count / 1000) {
            let halves = switches.choice(of: [bytes[..<cut], bytes[cut...]])
            #expect(halves == whole, "cut at \(cut)", sourceLocation: sourceLocation)
        }
        let single = switches.choice(of: bytes.indices.map { bytes[$0...$0] })
        #expect(single == whole, "byte by byte", sourceLocation: sourceLocation)
        return whole
    }

    static func mode(_ content: String) -> RequestedMode? { choice(content).mode }

    static func delay(_ value: String) -> [Duration]? {
        choice("X-Blackhole-Delay: \(value)\r\n\r\n").delay.map { [$0.least, $0.most] }
    }

    // MARK: Values

    @Test(arguments: Mode.allCases)
    func `a mode may be chosen by its name`(mode: Mode) {
        for name in [mode.rawValue, mode.rawValue.uppercased()] {
            #expect(Self.mode("X-Blackhole-Mode: \(name)\r\n\r\n") == .mode(mode))
        }
    }

    @Test(arguments: ReplyCode.allCases)
    func `a code may be chosen that accepts or refuses`(code: ReplyCode) {
        let digits = code.rawValue
        let isAccept = 250...253 ~= digits
        #expect(
            Self.mode("X-Blackhole-Mode: accept=\(digits)") == (isAccept ? .code(code) : nil))
        #expect(
            Self.mode("X-Blackhole-Mode: BOUNCE=\(digits)") == (digits >= 400 ? .code(code) : nil))
    }

    @Test(arguments: [
        "", " ", "acceptx", "accep", "accept bounce", "accept;", "bounce=", "bounce=45",
        "bounce=4500", "bounce= 450", "bounce =450", "bounce=450x", "bounce=\u{0664}50",
        "bounce=599", "bounce=000", "random=1", "offline=521", "b\u{F6}unce", "accept\0",
        "bou\r\n nce", "accept\r", "\naccept", "accept (", "bou(x)nce", "accept (x))", "(accept)",
        "accept, bounce", ":accept",
    ])
    func `what is no mode chooses none`(value: String) {
        #expect(Self.mode("X-Blackhole-Mode: \(value)\r\n\r\n") == nil)
        #expect(Self.mode("X-Blackhole-Mode: \(value)") == nil)
    }

    static let delays: [(value: String, least: Int, most: Int)] = [
        ("0", 0, 0), ("5", 5_000, 5_000), ("0.25", 250, 250), ("007.50", 7_500, 7_500),
        ("60", 60_000, 60_000), ("60.001", 60_000, 60_000), ("61", 60_000, 60_000),
        ("99999999999999999999999999", 60_000, 60_000), ("1.0000000009", 1_000, 1_000),
        ("2,3", 2_000, 3_000), ("2, 3", 2_000, 3_000), ("2 , 3", 2_000, 3_000),
        ("2 ,\t 3", 2_000, 3_000), ("0.1,0.2", 100, 200), ("2-3", 2_000, 3_000),
        ("2 - 3", 2_000, 3_000), ("5,5", 5_000, 5_000), ("50, 80", 50_000, 60_000),
        ("70, 80", 60_000, 60_000),
        ("99999999999999, 99999999999999", 60_000, 60_000),
    ]

    @Test(arguments: delays)
    func `a delay is seconds, or the least and most of them`(
        value: String, least: Int, most: Int
    ) {
        #expect(Self.delay(value) == [.milliseconds(least), .milliseconds(most)])
    }

    @Test func `a delay is read to the nanosecond`() {
        #expect(
            Self.delay("1.000000001, 1.0000000029") == [
                .nanoseconds(1_000_000_001), .nanoseconds(1_000_000_002),
            ])
    }

    @Test(arguments: [
        "", "-1", "+1", "1s", "x", ".5", "5.", "5.,6", "1,2,3", "1,", ",1", "3,2", "80,70", "1 2",
        "1--2", "1,-2", "1e3", "0x10", "1;2", "1.5.5", "\u{0665}", "inf", "1\r", "1 (s", "1 s (x)",
        "1 (x) 2",
    ])
    func `what is no delay chooses none`(value: String) {
        #expect(Self.delay(value) == nil)
    }

    @Test func `a value of up to 40 bytes is read`() {
        let digits = String(repeating: "0", count: 39)
        #expect(Self.delay(digits + "7") == [.seconds(7), .seconds(7)])
        #expect(Self.delay(digits + "07") == nil)
        #expect(Self.delay(digits + digits + "7") == nil)
        #expect(Self.mode("X-Blackhole-Mode: accept\(String(repeating: "x", count: 500))") == nil)
        let blanks = String(repeating: " \t", count: 500)
        #expect(Self.mode("X-Blackhole-Mode:\(blanks)accept\(blanks)\r\n") == .mode(.accept))
    }

    @Test(arguments: [
        "bounce (please)", "(x)bounce", "(a (b \\) c) d) bounce(e)\t(f)", "bounce (\r\n x)",
        "(\\\\)bounce", "()bounce()", "(" + String(repeating: "x", count: 999) + ") bounce",
    ])
    func `comments around a value do not count`(value: String) {
        #expect(Self.mode("X-Blackhole-Mode: \(value)\r\n\r\n") == .mode(.bounce))
    }

    @Test func `a comment that is nested without end is read, and never closed`() {
        let nested = { String(repeating: "(", count: $0) + String(repeating: ")", count: $0) }
        #expect(Self.mode("X-Blackhole-Mode: bounce\(nested(254))\r\n") == .mode(.bounce))
        #expect(Self.mode("X-Blackhole-Mode: bounce\(nested(70_000))\r\n") == nil)
    }

    // MARK: Fields

    @Test(arguments: [
        "X-Blackhole-Mode: bounce\r\n\r\n", "x-blackhole-mode:bounce\r\n\r\n",
        "X-BLACKHOLE-MODE:\tbounce \t\r\n\r\n", "X-Blackhole-Mode : bounce\r\n\r\n",
        "X-Blackhole-Mode:\r\n bounce\r\n\r\n", "X-Blackhole-Mode:\r\n\t\r\n  bounce\r\n \r\n\r\n",
        "X-Blackhole-Mode: bounce\r\n", "X-Blackhole-Mode: bounce",
        "X-Blackhole-Mode: bounce\r\nSubject: accept\r\n\r\n",
        "Subject: x\r\nX-Blackhole-Mode: bounce\r\n\r\n",
        "Subject: x\r\n y\r\nX-Blackhole-Mode: bounce\r\n\r\n",
        "no field\r\nX-Blackhole-Mode: bounce\r\n\r\n", " x\r\nX-Blackhole-Mode: bounce\r\n\r\n",
        "\r\r\nX-Blackhole-Mode: bounce\r\n\r\n", "a\nb\r\nX-Blackhole-Mode: bounce\r\n",
        "a: b\nX-Blackhole-Mode: bounce\n\n", "X-Blackhole-Mode:\n bounce\n",
        "X-Blackhole-Mode: bounce\nSubject: accept\n\nX-Blackhole-Mode: accept\n",
        "X\r\nX-\r\nX-Blackhole-Mode: bounce\r\n",
        "X-Blackhole-Mod\r\nX-Blackhole-Mode: bounce\r\n", "a\r\r\nX-Blackhole-Mode: bounce\r\n",
        "X-Blackhole-Mode: bounce\r\n\r\nX-Blackhole-Mode: accept\r\n",
        "X-Blackhole-Mode: accept\r\nX-Blackhole-Mode: bounce\r\n\r\n",
        "X-Blackhole-Mode: no\r\nX-Blackhole-Mode: bounce\r\n\r\n",
        "X-Blackhole-Mode: bounce\r\nX-Blackhole-Model: accept\r\n\r\n",
        "X-Blackhole-Mode: bounce\r\nX-Blackhole-Mode accept\r\n\r\n",
    ])
    func `the field is found`(content: String) {
        #expect(Self.mode(content) == .mode(.bounce))
    }

    @Test(arguments: [
        "", "\r\n", "\r\nX-Blackhole-Mode: bounce\r\n", "a: b\r\n\r\nX-Blackhole-Mode: bounce\r\n",
        "\nX-Blackhole-Mode: bounce\r\n", "\rX-Blackhole-Mode: bounce\r\n",
        "a: b\n\nX-Blackhole-Mode: bounce\n", "\n\r\nX-Blackhole-Mode: bounce\r\n",
        "a: b\rX-Blackhole-Mode: bounce\r\n",
        " X-Blackhole-Mode: bounce\r\n", "a:\r\n X-Blackhole-Mode: bounce\r\n",
        "XX-Blackhole-Mode: bounce\r\n", "X-Blackhole-Modes: bounce\r\n",
        "X-Blackhole-Mod: bounce\r\n", "X-Blackhole-Melay: 1\r\n", "X-Blackhole-Dode: bounce\r\n",
        "X-Blackhole-Mo de: bounce\r\n", "X-Blackhole-Mode bounce\r\n", "X\rBlackhole-Mode: bounce",
        "X-Blackhole-Mode\r\n : bounce\r\n", "X-Blackhole-Mode\r\n:bounce\r\n",
        "X-Blackhole-Mode: bounce\r\nX-Blackhole-Mode: no\r\n\r\n",
        "X-Blackhole-Mode: bounce\r\nX-Blackhole-Mode:\r\n\r\n",
        "X-Blackhole-Mode: bounce\r\n no\r\n\r\n", "X-Blackhole-Mode: bounce\r",
    ])
    func `there is no field`(content: String) {
        #expect(Self.choice(content) == MessageRequest())
    }

    // MARK: Faults

    @Test(arguments: [
        ("X-Blackhole-Mode: bounce=450,550\r\n\r\n", "'bounce=450,550' is not a mode; use accept"),
        ("X-Blackhole-Mode: bounec=450\n\n", "'bounec=450' is not a mode"),
        ("x-blackhole-mode:bounce=999", "'bounce=999' is not a mode"),
        ("X-Blackhole-Mode:\r\n\r\n", "'' is not a mode"),
        ("X-Blackhole-Mode: Boun (Ce\r\n", "'Boun (' is not a mode"),
        ("X-Blackhole-Mode: \(String(repeating: "x", count: 90))", "xxx…' is not a mode"),
        ("X-Blackhole-Delay: 3,1\r\n\r\n", "'3,1' is not a delay; use seconds"),
        ("X-Blackhole-Modes: bounce\r\n\r\n", "use X-Blackhole-Mode: or X-Blackhole-Delay:"),
        ("X-Blackhole-Mode bounce\r\n\r\n", "use X-Blackhole-Mode: or X-Blackhole-Delay:"),
    ])
    func `a header that cannot be read is reported, with what is right`(
        content: String, words: String
    ) {
        #expect(Self.faults(content).map { $0.contains(words) } == [true])
    }

    @Test(arguments: [
        "X-Blackhole-Mode: bounce (x)\r\n\r\nX-Blackhole-Mode: no\r\n", "X-Blackhole-Delay:\n 1\n",
        "Subject: X-Blackhole-Mode: no\r\n\r\n", "X-Blackhol\r\n\r\n", "X-Mailer: x\r\n",
    ])
    func `a message without a fault reports none`(content: String) {
        #expect(Self.faults(content).isEmpty)
    }

    private static func faults(_ content: String) -> [String] {
        var faults: [String] = []
        var switches = RequestReader()
        for byte in content.utf8 {
            switches.read([byte].span.bytes) { faults.append($0.text) }
        }
        _ = switches.take { faults.append($0.text) }
        return faults
    }

    @Test func `each kind of fault is reported once a second, not more often`() {
        let log = Journal()
        let reports = RequestReports { log.note($0) }
        let stacks = SinkStacks(ModeSettings(), reports: reports)
        var loopback = Loopback { _ in stacks.stack() }
        loopback.send("EHLO x\r\n")
        for round in 1...3 {
            for content in [["X-Blackhole-Mode: no", "X-Blackhole-Delay: no"], ["x"]] {
                for _ in 0..<5 {
                    loopback.send(Way.data.lines(content).map { $0 + "\r\n" }.joined())
                }
            }
            #expect(log.entries.count == 2 * round)
            loopback.advance(by: .seconds(1))
        }
    }

    @Test func `both may be chosen, in any order`() {
        let (mode, delay) = ("X-Blackhole-Mode: offline\r\n", "X-Blackhole-Delay: 1,\r\n 2\r\n")
        for content in [mode + delay, delay + mode, delay + "a: b\r\n" + mode + "\r\nbody\r\n"] {
            let choice = Self.choice(content)
            #expect(choice.mode == .mode(.offline))
            #expect(choice.delay == DelayRange(.seconds(1), .seconds(2)))
        }
    }

    @Test func `one message's choice is not the next one's`() {
        var switches = RequestReader()
        for end in ["", "\r", "\r\n", "\r\n\r", "\r\n\r\n", "\r\n\r\nbody"] {
            _ = switches.choice(of: [Array("X-Blackhole-Mode: bounce\(end)".utf8)[...]])
            #expect(switches.choice(of: [Array("e\r\n".utf8)[...]]) == MessageRequest())
            switches.readAll(Array("X-Blackhole-Mode: bounce\(end)".utf8).span.bytes)
            switches.reset()
            #expect(switches.take() == MessageRequest())
        }
    }
}

extension RequestReader {
    /// Reads a message in pieces; gives what it chooses.
    mutating func choice(of pieces: [ArraySlice<UInt8>]) -> MessageRequest {
        for piece in pieces { readAll(piece.span.bytes) }
        return take()
    }
}
