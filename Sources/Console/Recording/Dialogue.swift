internal import BlackholeInbox
internal import BlackholePipeline
internal import BlackholeSMTP

/// Writes the transcript of a session: without secrets, and of bounded size.
struct Dialogue {
    private let recorder: Recorder
    private var said = KeptTranscript()
    private var secrecy = LineSecrecy()
    private var size = 0

    /// The bytes of a line that a transcript has.
    private static let maximumLine = 500
    /// The bytes of all lines.
    private static let maximumBytes = 16 * 1024
    /// What a line counts for besides its text.
    private static let lineOverhead = 40

    /// Begins a transcript, for which this recorder has room or not.
    init(_ recorder: Recorder) { self.recorder = recorder }

    mutating func note(_ event: String) { append(.nobody, event.utf8.span.bytes) }

    mutating func receive(_ line: RawSpan, _ command: Command) {
        let shown = secrecy.shown(of: line, command)
        let count = min(shown.byteCount, Dialogue.maximumLine)
        append(
            .client, line.extracting(first: count),
            (shown.byteCount > count ? "…" : "") + (shown.hidesRest ? LineSecrecy.blank : ""))
    }

    mutating func receiveOverlongLine() {
        secrecy.passOverlongLine()
        append(.client, "(a line that is too long)".utf8.span.bytes)
    }

    mutating func receive(contentBytes bytes: Int) {
        let beginning = "(" + String(bytes)
        append(.client, beginning.utf8.span.bytes, " bytes of content)")
    }

    /// Takes a line of a reply, without its end.
    mutating func say(_ line: RawSpan) {
        if line.isLastOfReply { secrecy.note(line.text(0..<min(3, line.byteCount))) }
        append(.server, line.extracting(first: min(line.byteCount, Dialogue.maximumLine)))
    }

    /// Hands the transcript over, and the room for it.
    mutating func take() -> KeptTranscript {
        let whole = said
        said = KeptTranscript()
        said.isCut = true
        return whole
    }

    private mutating func append(
        _ speaker: Transcript.Speaker, _ text: RawSpan, _ end: String = ""
    ) {
        guard !said.isCut else { return }
        let count = text.byteCount + end.utf8.count
        size += count + Dialogue.lineOverhead
        let growth = said.growth(for: count)
        guard size <= Dialogue.maximumBytes, recorder.reserve(growth) else {
            said.isCut = true
            return
        }
        said.grow(by: growth)
        said.append(speaker, text, end)
    }
}
