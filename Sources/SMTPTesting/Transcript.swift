internal import BlackholePipeline
internal import BlackholeSMTP
internal import Synchronization

/// What was said on a connection, line by line, without the content of messages.
///
/// ```
/// S: 220 localhost ESMTP OK, ready
/// C: EHLO me
/// ```
public struct Transcript: Sendable, Hashable, CustomStringConvertible {
    /// One line of a transcript.
    public struct Line: Sendable, Hashable, CustomStringConvertible {
        /// Who said it.
        public let speaker: Speaker
        /// What was said, without the line's end.
        public let text: String

        /// `C: EHLO me`.
        public var description: String { "\(speaker.rawValue): \(text)" }
    }

    /// Who says something.
    public enum Speaker: String, Sendable, Hashable {
        /// The client.
        case client = "C"
        /// The server.
        case server = "S"
        /// Nobody: something has happened.
        case nobody = "-"
    }

    /// The lines, in their order.
    public internal(set) var lines: [Line] = []

    /// All lines.
    public var description: String { lines.map(\.description).joined(separator: "\n") }
}

extension [Transcript] {
    /// What was said on each connection, in lines for an error.
    var report: [String] {
        guard !isEmpty else { return ["no connection was made"] }
        return enumerated().flatMap { index, transcript in
            ["connection \(index + 1):"] + transcript.lines.map { "  \($0)" }
        }
    }
}

/// Writes the transcript of one connection.
final class Scribe: SessionObserver {
    private let transcript = Mutex(Transcript())

    /// Makes the scribe of a new connection, which the inbox keeps.
    init(in inbox: Inbox) {
        inbox.add(self)
    }

    /// What was said so far.
    var text: Transcript { transcript.withLock { $0 } }

    func note(_ event: String) { add(.nobody, event) }

    func received(command line: RawSpan) {
        add(.client, line.text(0..<line.byteCount))
    }

    func receivedOverlongLine() { add(.client, "(a line that is too long)") }

    func received(contentBytes bytes: Int) { add(.client, "(\(bytes) bytes of content)") }

    func said(_ replies: RawSpan) {
        for line in replies.text(0..<replies.byteCount).split(separator: "\r\n") {
            add(.server, String(line))
        }
    }

    private func add(_ speaker: Transcript.Speaker, _ text: String) {
        transcript.withLock { $0.lines.append(Transcript.Line(speaker: speaker, text: text)) }
    }
}
