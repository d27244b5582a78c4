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
        /// Nobody: something has happened.
        case nobody = "-"
    }

    /// The lines, in their order.
    public package(set) var lines: [Line] = []

    package init(_ lines: [Line] = []) { self.lines = lines }

    /// All lines.
    public var description: String { lines.map(\.description).joined(separator: "\n") }
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
