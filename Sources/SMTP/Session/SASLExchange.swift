/// One exchange of challenges and responses (RFC 4422 §3): a machine that knows bytes, and not how
/// SMTP spells them.
package struct SASLExchange: Sendable {
    /// What the exchange waits for; few connections have one, so that it is a reference at most.
    private enum Step: Sendable {
        /// The one response of PLAIN.
        case identityUserPassword
        /// The first one of LOGIN. Next: `password`.
        case user
        /// The second one of LOGIN.
        indirect case password(user: String)
        /// The one response of CRAM-MD5.
        indirect case digest(challenge: String)
        /// The one response of XOAUTH2.
        case userToken
        /// The one response of OAUTHBEARER.
        case headerToken
        /// The answer to a token, and that the client has read why it is refused. Next: the end.
        indirect case refusal(reason: StaticString, answer: Answer?)
    }

    /// What a response leads to.
    package enum Outcome: Equatable {
        /// The next challenge.
        case challenge
        /// The end: the client has said who it is.
        case credentials(Credentials)
        /// The end: the client has read why it is refused, see ``SASLExchange/refuse(with:)``.
        case refused
        /// The end: the response is not what the mechanism asks for.
        case malformed
    }

    private var step: Step

    /// Begins an exchange.
    ///
    /// - Parameter challenge: makes the challenge of CRAM-MD5, and is not called for the others.
    package init(_ mechanism: SASLMechanism, challenge: @autoclosure () -> String) {
        step =
            switch mechanism {
            case .plain: .identityUserPassword
            case .login: .user
            case .cramMD5: .digest(challenge: challenge())
            case .xoauth2: .userToken
            case .oauthBearer: .headerToken
            }
    }

    /// The answer that the client gets once it has read the reason; nil if there is none.
    package var refusal: Answer? {
        if case .refusal(_, let answer) = step { answer } else { nil }
    }

    /// Refuses the credentials, of which the client must hear first by a challenge (RFC 7628 §3.2.2).
    ///
    /// - Returns: whether the mechanism has such a challenge, which is then the next one.
    package mutating func refuse(with answer: Answer) -> Bool {
        guard case .refusal(let reason, nil) = step else { return false }
        step = .refusal(reason: reason, answer: answer)
        return true
    }

    /// What the client is to answer.
    package var challenge: String {
        switch step {
        case .identityUserPassword, .userToken, .headerToken: ""
        case .user: "Username:"
        case .password: "Password:"
        case .digest(let challenge): challenge
        case .refusal(let reason, _): "\(reason)"
        }
    }

    /// Takes the client's response to ``challenge``.
    package mutating func take(_ response: [UInt8]) -> Outcome {
        switch step {
        case .identityUserPassword:
            return SASLExchange.plain(response)
        case .user:
            guard let user = SASLExchange.text(response[...]) else { return .malformed }
            step = .password(user: user)
            return .challenge
        case .password(let user):
            guard let password = SASLExchange.text(response[...]) else { return .malformed }
            return .credentials(Credentials(.login, user: user, password: password))
        case .digest(let challenge):
            return SASLExchange.digest(response, of: challenge)
        case .userToken:
            step = .refusal(reason: #"{"status":"401","schemes":"bearer"}"#, answer: nil)
            return SASLExchange.userToken(response)
        case .headerToken:
            step = .refusal(reason: #"{"status":"invalid_token"}"#, answer: nil)
            return SASLExchange.headerToken(response)
        case .refusal:
            return .refused
        }
    }

    /// `[identity] NUL user NUL password` (RFC 4616 §2).
    private static func plain(_ response: [UInt8]) -> Outcome {
        let parts = response.split(separator: 0, omittingEmptySubsequences: false)
        guard parts.count == 3, let identity = text(parts[0]), let user = text(parts[1]),
            let password = text(parts[2])
        else { return .malformed }
        return .credentials(
            Credentials(
                .plain, authorizationIdentity: identity.isEmpty ? nil : identity, user: user,
                password: password))
    }

    /// `user SP digest` (RFC 2195 §2), where the user's name may hold blanks.
    private static func digest(_ response: [UInt8], of challenge: String) -> Outcome {
        let digest = response.suffix(32)
        let start = response.dropLast(digest.count)
        guard digest.count == 32, digest.allSatisfy(\.isLowerHexDigit),
            start.last == UInt8(ascii: " "), let user = text(start.dropLast())
        else { return .malformed }
        return .credentials(
            Credentials(
                .cramMD5, user: user, digest: String(decoding: digest, as: UTF8.self),
                challenge: challenge))
    }

    /// The bytes as text, repaired where they are not UTF-8; nil if they have a NUL.
    static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        bytes.contains(0) ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
