internal import BlackholeInbox
internal import BlackholePipeline
internal import BlackholeSMTP
internal import BlackholeTLS

/// Why a conversation with a server has no outcome; a refusal is one.
public struct MailingFailure: Error, CustomStringConvertible {
    /// Why there is no outcome.
    public enum Reason: Sendable, Hashable {
        /// The time is over.
        case timedOut
        /// No connection was made: the server was stopped, say.
        case notConnected
        /// TLS did not begin, since the server's certificate is not to be trusted, say; in words.
        case handshake(String)
    }

    /// Why there is no outcome.
    public let reason: Reason
    /// What the server had said.
    public let replies: [String]
    /// What was said on every connection.
    public let transcripts: [Transcript]
    /// Where in a test it was.
    public let location: TestLocation

    /// Why there is no outcome and where, and what was said.
    public var description: String {
        let reason =
            switch reason {
            case .timedOut: "timed out mailing"
            case .notConnected: "no connection to mail on"
            case .handshake(let reason): "the TLS handshake failed: \(reason)"
            }
        return (["\(reason) (\(location))"] + transcripts.report).joined(separator: "\n")
    }
}

extension MailingFailure: LocatedFailure {}

extension SMTPServer {
    /// Mails a message to this server, as an ordinary client would: for trying out behaviors.
    ///
    /// ```swift
    /// let replies = try await smtp.mail(to: "you@example.org", content: "Subject: Hello\n")
    /// #expect(replies.last == "452 4.2.2 Full")
    /// ```
    ///
    /// What comes back is one reply for the greeting and each of EHLO, MAIL, every RCPT, DATA, the
    /// message and QUIT, up to the first that is negative or the end of the connection; where they are
    /// said, for STARTTLS with the second EHLO, and for AUTH.
    ///
    /// It speaks TLS where the server begins with it or offers STARTTLS, and trusts the server's own
    /// certificate only.
    ///
    /// - Parameters:
    ///   - sender: the reverse-path, without brackets.
    ///   - recipients: the forward-paths, without brackets.
    ///   - content: lines that end with a line feed or CRLF; dots are stuffed.
    ///   - user: who it logs in as, by PLAIN; nil to do without.
    ///   - password: the user's password.
    ///   - isSecured: whether it asks for STARTTLS; nil to do so where it is offered.
    ///   - time: how long it may take, all in all.
    ///   - file: where a failure is reported.
    ///   - line: the line there.
    /// - Throws: ``MailingFailure`` when the time is over, or there is no connection or no TLS;
    ///   `CancellationError`.
    @discardableResult
    public func mail(
        from sender: String = "me@example.org", to recipients: String..., content: String = "",
        as user: String? = nil, password: String = "", secured isSecured: Bool? = nil,
        within time: Duration = .seconds(10), file: String = #filePath, line: Int = #line
    ) async throws -> [String] {
        let isLineEnd = { $0 == "\n" as Character || $0 == "\r\n" }
        // The byte is looked at: a dot with an accent is another character, but a dot on the wire.
        let body = content.split(omittingEmptySubsequences: false, whereSeparator: isLineEnd)
            .map { ($0.utf8.first == UInt8(ascii: ".") ? "." : "") + $0 + "\r\n" }.joined()
        let login = user.map { "AUTH PLAIN \(Base64.encode("\0\($0)\0\(password)".utf8))" }
        let lines =
            ["EHLO client.example"] + (login.map { [$0] } ?? []) + ["MAIL FROM:<\(sender)>"]
            + recipients.map { "RCPT TO:<\($0)>" } + ["DATA", body + ".", "QUIT"]
        let security: Talk.Security =
            switch isSecured {
            case nil: .whereOffered
            case true?: .always
            case false?: .asSaid
            }
        let talk = Talk(
            lines, stopsAtRefusal: true, fake.isImplicit ? .asSaid : security,
            canSecure: certificatePEM != nil && !fake.isImplicit)
        return try await converse(talk, within: time, TestLocation(file, line))
    }

    /// Says lines to this server, each when the one before is answered, and closes.
    ///
    /// What comes back is the greeting and a reply for each line, without line ends but for those
    /// between the lines of one reply; less where the server closes early.
    ///
    /// TLS begins with the first byte where the server's does, and where a line is `STARTTLS` and the
    /// server says 220: what follows is said under TLS.
    ///
    /// - Parameters:
    ///   - lines: what is said, without line ends.
    ///   - time: how long it may take, all in all.
    ///   - file: where a failure is reported.
    ///   - line: the line there.
    /// - Throws: ``MailingFailure`` when the time is over, or there is no connection or no TLS;
    ///   `CancellationError`.
    @discardableResult
    public func say(
        _ lines: String..., within time: Duration = .seconds(10), file: String = #filePath,
        line: Int = #line
    ) async throws -> [String] {
        let talk = Talk(
            lines, stopsAtRefusal: false, .asSaid,
            canSecure: certificatePEM != nil && !fake.isImplicit)
        return try await converse(talk, within: time, TestLocation(file, line))
    }

    private func converse(
        _ talk: Talk, within time: Duration, _ location: TestLocation
    ) async throws -> [String] {
        let conversation = Conversation(talk)
        let deadline = ContinuousClock.deadline(in: time)
        // A port that was freed may be somebody else's.
        if inbox.isOver {
            conversation.end()
        } else {
            try connect(conversation, until: .now + max(time, .zero))
        }
        let isOver = try await conversation.isOver(by: deadline)
        if let reason = isOver ? conversation.failure : .timedOut {
            throw MailingFailure(
                reason: reason, replies: conversation.replies, transcripts: inbox.transcripts,
                location: location)
        }
        return conversation.replies
    }

    private func connect(_ conversation: Conversation, until deadline: Instant) throws {
        let end = ConversationEnd(of: conversation)
        guard let certificatePEM else {
            return connect { Caller(end) { Speaker(end.conversation, until: deadline) } }
        }
        var options = TLSOptions()
        options.report = { error in
            // A server that closes without close_notify says no less for it.
            if error.kind == .handshake { conversation.fail(.handshake(error.reason)) }
        }
        let context = try TLSContext.client(trusting: .pem(certificatePEM), options)
        connect { [isImplicit = fake.isImplicit] in
            Caller(end) {
                TLSLayer(context, isImplicit: isImplicit, serverName: "localhost") { _ in
                    Speaker(end.conversation, until: deadline)
                }
            }
        }
    }
}
