import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

/// Whether a recorder wants content.
protocol Wish: SendableMetatype { static var isContent: Bool { get } }
enum Everything: Wish { static var isContent: Bool { true } }
enum CommandsOnly: Wish { static var isContent: Bool { false } }

/// Asks for content as its commands say, and notes what it gets.
struct CommandRecorder<Wanted: Wish>: CommandHandler {
    static var wantsContent: Bool { Wanted.isContent }

    let journal: Journal
    private var content: [UInt8] = []

    init(_ journal: Journal) { self.journal = journal }

    mutating func receive(command line: RawSpan, _ context: inout Context) -> CommandVerdict {
        let words = line.text.split(separator: " ").map(String.init)
        journal.note(line.text)
        switch words.first {
        case "DATA": return .data
        case "BDAT": return .chunk(bytes: Int(words[1]) ?? 0)
        case "QUIT": return .pass(.close)
        default: return .pass(.proceed)
        }
    }

    mutating func receiveOverlongLine(_ context: inout Context) -> CommandVerdict {
        journal.note("overlong")
        return .pass(.proceed)
    }

    mutating func receive(content: RawSpan, _ context: inout Context) {
        content.withUnsafeBytes { self.content += $0 }
    }

    mutating func contentArrived(_ context: inout Context) {
        context.deadline = context.now + .seconds(1)
    }

    mutating func contentEnded(bytes: Int, _ context: inout Context) -> CommandVerdict {
        journal.note("= \(bytes) \(content.debugText)")
        content = []
        // What ends content may ask for content.
        return bytes == 7 ? .chunk(bytes: 2) : .pass(.proceed)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> CommandVerdict {
        switch event {
        case .opened: return .data
        case .expired: journal.note("expired")
        default: break
        }
        return .pass(event == .ended ? .close : .proceed)
    }
}

@Suite struct `DATA discard` {
    static func run<Wanted: Wish>(_ pieces: [[UInt8]], _: Wanted.Type) -> [String] {
        let journal = Journal()
        var loopback = Loopback { _ in
            LineFraming(maximumLineLength: 20) { DataDiscard { CommandRecorder<Wanted>(journal) } }
        }
        // The event of opening has asked for content already.
        loopback.send(".\r\n")
        for piece in pieces { loopback.send(piece) }
        return journal.take()
    }

    @Test(
        arguments: [
            ("NOOP\r\n", ["NOOP"]),
            ("DATA\r\n.\r\nNOOP\r\n", ["DATA", "= 0 ", "NOOP"]),
            ("DATA\r\na\r\n..b\r\n.\r\nNOOP\r\n", ["DATA", "= 7 a\\r\\n.b\\r\\n", "= 2 NO", "OP"]),
            ("DATA\r\n.\rabc\r\n.\r\n", ["DATA", "= 6 \\rabc\\r\\n"]),
            ("DATA\r\n.\r\nDATA\r\nx\r\n.\r\n", ["DATA", "= 0 ", "DATA", "= 3 x\\r\\n"]),
            ("DATA\r\nNOOP\r\n", ["DATA"]),
            ("BDAT 0\r\nNOOP\r\n", ["BDAT 0", "= 0 ", "NOOP"]),
            ("BDAT 1\r\n\rNOOP\r\n", ["BDAT 1", "= 1 \\r", "NOOP"]),
            ("BDAT 5\r\n\r\n.\r\nNOOP\r\n", ["BDAT 5", "= 5 \\r\\n.\\r\\n", "NOOP"]),
            ("BDAT 4\r\nBDATBDAT 3\r\nxyz", ["BDAT 4", "= 4 BDAT", "BDAT 3", "= 3 xyz"]),
            ("BDAT 9\r\nabc", ["BDAT 9"]),
            (
                "BDAT 30\r\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaNOOP\r\n",
                ["BDAT 30", "= 30 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "NOOP"]
            ),
            (
                "DATA\r\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n.\r\nNOOP\r\n",
                ["DATA", "= 32 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\r\\n", "NOOP"]
            ),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nNOOP\r\n", ["overlong", "NOOP"]),
            ("QUIT\r\nNOOP\r\n", ["QUIT"]),
        ] as [(StaticString, [String])])
    func `takes content off the stream, to the byte`(input: StaticString, notes: [String]) {
        let all = Verifier.check([UInt8](input)) { Self.run($0, Everything.self) }
        #expect(all == ["= 0 "] + notes)
        // Who does not want content hears the same, but for the content.
        let some = Verifier.check([UInt8](input)) { Self.run($0, CommandsOnly.self) }
        #expect(some == (["= 0 "] + notes).map(Self.withoutContent))
    }

    private static func withoutContent(_ note: String) -> String {
        guard note.hasPrefix("=") else { return note }
        return note.split(separator: " ").prefix(2).joined(separator: " ") + " "
    }

    @Test func `tells that content arrives`() {
        let journal = Journal()
        var loopback = Loopback { _ in
            LineFraming { DataDiscard { CommandRecorder<CommandsOnly>(journal) } }
        }
        for start in ["", "\r\n.\r\nBDAT 9\r\n"] {
            loopback.send(start)
            for _ in 0..<3 {
                loopback.send("a")
                loopback.advance(by: .milliseconds(999))
            }
        }
        #expect(journal.take() == ["= 5 ", "BDAT 9"])
        loopback.advance(by: .milliseconds(1))
        #expect(journal.take() == ["expired"])
    }
}
