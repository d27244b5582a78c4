internal import BlackholeInbox
internal import BlackholePipeline
internal import BlackholeSMTP

/// Writes the transcript of a session: without secrets, and of bounded size.
struct Dialogue {
    private var lines: [Transcript.Line] = []
    private var secrecy = LineSecrecy()
    private var bytes = 0
    private var isCut = false

    /// The bytes of a line, and of all lines, that a transcript has.
    private static let (maximumLine, maximumBytes) = (500, 16 * 1024)
    /// What a line costs besides its text.
    private static let lineOverhead = 40

    var transcript: Transcript { Transcript(lines) }

    mutating func note(_ event: String) { append(.nobody, event) }

    mutating func receive(_ line: RawSpan, _ command: Command) {
        let shown = secrecy.shown(of: line, command)
        let count = min(shown.byteCount, Dialogue.maximumLine)
        append(
            .client,
            line.text(0..<count) + (shown.byteCount > count ? "…" : "")
                + (shown.hidesRest ? LineSecrecy.blank : ""))
    }

    mutating func receiveOverlongLine() {
        secrecy.passOverlongLine()
        append(.client, "(a line that is too long)")
    }

    mutating func receive(contentBytes bytes: Int) {
        append(.client, "(\(bytes) bytes of content)")
    }

    /// Takes a line of a reply, without its end.
    mutating func say(_ line: Substring) {
        if line.dropFirst(3).first != "-" { secrecy.note(String(line.prefix(3))) }
        append(.server, String(line.prefix(Dialogue.maximumLine)))
    }

    private mutating func append(_ speaker: Transcript.Speaker, _ text: String) {
        guard !isCut else { return }
        bytes += text.utf8.count + Dialogue.lineOverhead
        isCut = bytes > Dialogue.maximumBytes
        lines.append(
            isCut
                ? .init(speaker: .nobody, text: "(the rest is not kept)")
                : .init(speaker: speaker, text: text))
    }
}
