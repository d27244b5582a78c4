import BlackholePipeline
import BlackholeSMTP

/// Refuses messages that promise a prize.
struct SpamFilter: Responder {
    static var wantsContent: Bool { true }
    var text = ""

    mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        text += bytes.text(0..<bytes.byteCount)
    }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        defer { text = "" }
        return text.contains("prize") ? .reply(554, EnhancedCode(5, 7, 1), "Spam") : .accept
    }

    mutating func reset(_ context: inout Context) { text = "" }
}
