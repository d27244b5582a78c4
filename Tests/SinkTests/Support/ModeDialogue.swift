import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink

/// A client that talks to a sink, over a connection without a socket.
struct ModeDialogue: ~Copyable {
    var loopback: Loopback

    /// Connects; the greeting waits to be taken.
    init(_ policy: ModeSettings, seed: UInt64 = 1, maximumMessageSize: Int = 0) {
        var limits = SMTPLimits()
        limits.maximumMessageSize = maximumMessageSize
        limits.maximumRecipients = 10_000
        limits.idle = .seconds(3600)
        let settings = SessionSettings(hostName: "mx.example", limits: limits)
        let stacks = SinkStacks(policy, settings, seed: seed)
        loopback = Loopback(seed: seed) { _ in stacks.stack() }
    }

    /// Connects and says HELO; nothing waits to be taken.
    static func begun(
        _ policy: ModeSettings, seed: UInt64 = 1, maximumMessageSize: Int = 0
    ) -> ModeDialogue {
        var dialogue = ModeDialogue(policy, seed: seed, maximumMessageSize: maximumMessageSize)
        _ = dialogue.say("HELO client.example")
        return dialogue
    }

    /// The lines said since the last call.
    mutating func replies() -> [String] {
        loopback.takeOutput().split(separator: "\r\n").map(String.init)
    }

    /// Says lines, in one segment or in pieces; gives the lines of the replies.
    mutating func say(_ lines: [String], inPiecesOf size: Int = .max) -> [String] {
        loopback.send(lines.map { $0 + "\r\n" }.joined(), inPiecesOf: size)
        return replies()
    }

    mutating func say(_ lines: String...) -> [String] { say(lines) }

    /// Sends a message to one recipient in one segment; gives the last line of the replies.
    mutating func send(
        _ content: [String] = [], by way: Way = .data, inPiecesOf size: Int = .max
    ) -> String {
        say(way.lines(content), inPiecesOf: size).last ?? "nothing"
    }

    var isClosed: Bool { loopback.closing != nil }
}

/// How a message's content is sent.
enum Way: String, CaseIterable {
    /// With DATA.
    case data
    /// With one BDAT.
    case chunk
    /// With a BDAT for every line, and one for nothing.
    case chunks

    static let envelope = ["MAIL FROM:<a@a.example>", "RCPT TO:<b@b.example>"]

    /// The message's lines, from MAIL on.
    func lines(_ content: [String]) -> [String] {
        Way.envelope + commands(content)
    }

    /// The lines behind the envelope.
    func commands(_ content: [String]) -> [String] {
        switch self {
        case .data:
            return ["DATA"] + content.map { $0.hasPrefix(".") ? "." + $0 : $0 } + ["."]
        case .chunk:
            let bytes = content.map { $0 + "\r\n" }.joined()
            return ["BDAT \(bytes.utf8.count) LAST"] + content
        case .chunks:
            let chunks = content.map { "BDAT \($0.utf8.count + 2)\r\n\($0)" }
            return chunks + ["BDAT 0 LAST"]
        }
    }
}

extension ModeSettings {
    /// The policy with some of it changed.
    init(
        _ mode: Mode = .accept, at stage: ModeStage? = nil,
        _ change: (inout ModeSettings) -> Void = { _ in }
    ) {
        self.init()
        self.mode = mode
        self.stage = stage
        change(&self)
    }
}

extension ReplyCode {
    /// The line of a reply with this code, at a stage.
    func line(at stage: ModeStage = .message) -> String {
        // Neither the greeting nor a reply to HELO has an enhanced code (RFC 2034 §3).
        let hasEnhanced = stage != .connect && stage != .helo
        let words = enhanced.map { hasEnhanced ? "\($0) " : "" } ?? ""
        return "\(rawValue) \(words)\(text)"
    }
}

extension [String] {
    /// The codes of the reply lines.
    var codes: [Int] { map { Int($0.prefix(3)) ?? 0 } }

    /// How often each line occurs.
    var counts: [String: Int] { reduce(into: [:]) { $0[$1, default: 0] += 1 } }
}
