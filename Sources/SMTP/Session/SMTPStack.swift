/// Builds the usual stack of a connection: lines, content, a session, and the responder.
///
/// ```swift
/// loops.listen(on: address) { _ in smtpStack(settings) { MailboxFull() } }
/// ```
///
/// Under TLS it is the layer inside of `TLSLayer`, made once in clear and once more when the connection is
/// secured:
///
/// ```swift
/// TLSLayer(context) { tls in
///     smtpStack(settings, security: tls == nil ? .offered : .active) { MailboxFull() }
/// }
/// ```
///
/// - Parameters:
///   - settings: what all sessions share; the lines are framed by its limits.
///   - security: how the session stands to TLS.
///   - responder: makes the connection's responder, which is the stack's.
@inlinable
public func smtpStack<Asked: Responder & ~Copyable>(
    _ settings: SessionSettings, security: Security = .none, _ responder: () -> Asked
) -> LineFraming<DataDiscard<SMTPSession<Asked>>> {
    LineFraming(maximumLineLength: settings.maximumFramedLineLength) {
        DataDiscard { SMTPSession(settings, security: security, responder()) }
    }
}
