internal import Synchronization

/// What was said on a connection, line by line, without the content of messages.
///
/// ```
/// S: 220 localhost ESMTP OK, ready
/// C: EHLO me
/// ```
///
/// What happens besides is a line of nobody's: `-: 42 bytes of content`. Passwords stand in it as
/// they were said.
public struct Transcript: Sendable {
    /// One line of a transcript.
    public struct Line: Sendable, Hashable, CustomStringConvertible {
        /// Who said it.
        public let speaker: Speaker
        /// What was said, without the line's end.
        public let text: String

        package init(speaker: Speaker, text: String) {
            self.speaker = speaker
            self.text = text
        }

        /// `C: EHLO me`.
        public var description: String { "\(speaker.rawValue): \(text)" }
    }

    /// Who says something.
    public enum Speaker: String, Sendable, Hashable {
        /// The client.
        case client = "C"
        /// The server.
        case server = "S"
        /// Nobody: something has happened, content has come, or TLS has begun.
        case nobody = "-"
    }

    private let log: Log
    /// How many lines of the log are this transcript's; the rest came later.
    private let count: Int

    package init(_ lines: [Line] = []) { self.init(Log(lines), count: lines.count) }

    init(_ log: Log, count: Int) {
        self.log = log
        self.count = count
    }

    /// The lines, in their order; the time is linear in their number.
    public var lines: [Line] { log.first(count) }

    /// What the client has said, in its order: its commands, and its lines of AUTH.
    public var commands: [String] { lines.filter { $0.speaker == .client }.map(\.text) }
}

extension Transcript: Hashable, CustomStringConvertible {
    /// Whether the same was said.
    public static func == (left: Transcript, right: Transcript) -> Bool {
        left.lines == right.lines
    }

    /// Hashes the lines.
    public func hash(into hasher: inout Hasher) { hasher.combine(lines) }

    /// All lines.
    public var description: String { lines.map(\.description).joined(separator: "\n") }

    /// The lines of a connection, which grow: so that the transcripts of thousands of messages that
    /// come on it hold each line once.
    final class Log: Sendable {
        private let lines: Mutex<[Line]>

        init(_ lines: [Line] = []) { self.lines = Mutex(lines) }

        var count: Int { lines.withLock(\.count) }

        func append(_ line: Line) { lines.withLock { $0.append(line) } }

        func first(_ count: Int) -> [Line] { lines.withLock { Array($0.prefix(count)) } }
    }
}

extension [Transcript] {
    /// What was said on each connection, in lines for an error.
    package var report: [String] {
        guard !isEmpty else { return ["no connection was made"] }
        return enumerated().flatMap { index, transcript in
            ["connection \(index + 1):"] + transcript.lines.map { "  \($0)" }
        }
    }
}
