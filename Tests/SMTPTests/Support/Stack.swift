import BlackholePipeline
import BlackholeSMTP
import Testing

extension SessionSettings {
    static func test(
        isLenient: Bool = false, authentication: Authentication = .none,
        mechanisms: [SASLMechanism] = [.plain, .login, .cramMD5],
        protocol: MailProtocol = .smtp, keywords: Keywords = .standard,
        _ change: (inout SMTPLimits) -> Void = { _ in }
    ) -> SessionSettings {
        var limits = SMTPLimits()
        change(&limits)
        return SessionSettings(
            hostName: "mx.example", limits: limits, isLenient: isLenient,
            authentication: authentication, mechanisms: mechanisms, protocol: `protocol`,
            keywords: keywords)
    }
}

extension Loopback {
    /// The whole onion on a connection that is open: its greeting waits to be taken.
    static func session(
        _ settings: SessionSettings = .test(), loop: LoopLimits = LoopLimits(), seed: UInt64 = 1
    ) -> Loopback {
        session(settings, BlackHole(), loop: loop, seed: seed)
    }

    static func session<Asked: Responder & Sendable>(
        _ settings: SessionSettings = .test(), _ responder: Asked, security: Security = .none,
        loop: LoopLimits = LoopLimits(), seed: UInt64 = 1
    ) -> Loopback {
        Loopback(limits: loop, seed: seed) { _ in
            LineFraming(maximumLineLength: settings.maximumFramedLineLength) {
                DataDiscard { SMTPSession(settings, security: security, responder) }
            }
        }
    }

    /// The messages counted, and their bytes and recipients.
    var messages: [UInt64] {
        [counters[.messages], counters[.messageBytes], counters[.recipients]]
    }
}

/// The start of most dialogues.
enum Opening {
    static let greeting = "S: 220 mx.example ESMTP OK, ready\n"
    static let helo = greeting + "C: HELO client.example\nS: 250 mx.example\n"
    /// What EHLO announces where there is neither TLS nor AUTH, without the last line.
    static let keywords = """
        S: 250-PIPELINING
        S: 250-SIZE
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-ENHANCEDSTATUSCODES
        S: 250-DSN
        S: 250-CHUNKING
        S: 250-BINARYMIME
        """
    static let mail = helo + "C: MAIL FROM:<a@a.example>\nS: 250 2.1.0 OK, done\n"
    static let recipient = mail + "C: RCPT TO:<b@b.example>\nS: 250 2.1.5 OK, done\n"
    static let data =
        recipient + "C: DATA\nS: 354 Start mail input; end with <CRLF>.<CRLF>\n"
    static let binary =
        helo + "C: MAIL FROM:<a@a.example> BODY=BINARYMIME\nS: 250 2.1.0 OK, done\n"
        + "C: RCPT TO:<b@b.example>\nS: 250 2.1.5 OK, done\n"
    static let queued = "S: 250 2.0.0 OK, done; queued as *\n"
}

/// Plays a transcript on a fresh connection, and demands that it goes as written.
func expect<Asked: Responder & Sendable>(
    _ script: String, _ settings: SessionSettings = .test(), _ responder: Asked = BlackHole(),
    security: Security = .none, messages: UInt64? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    var loopback = Loopback.session(settings, responder, security: security)
    ScriptedDialogue(script).check(on: &loopback, sourceLocation: sourceLocation)
    guard let messages else { return }
    #expect(loopback.counters[.messages] == messages, sourceLocation: sourceLocation)
}
