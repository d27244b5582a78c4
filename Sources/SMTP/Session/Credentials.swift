/// A way for a client to say who it is (SASL, RFC 4422).
public enum SASLMechanism: BitwiseCopyable, Sendable, CaseIterable {
    /// RFC 4616.
    case plain
    /// Never a standard, and sent by many clients all the same.
    case login
    /// RFC 2195.
    case cramMD5

    /// The name in capitals, as EHLO announces it.
    public var name: StaticString {
        switch self {
        case .plain: "PLAIN"
        case .login: "LOGIN"
        case .cramMD5: "CRAM-MD5"
        }
    }

    /// Whether the client speaks first, so that AUTH may bring an initial response.
    var isClientFirst: Bool { self != .cramMD5 }
}

/// Who a client says it is, and its proof.
///
/// No text has a NUL; user and password may be empty. Bytes that are not UTF-8, as clients with
/// another character set send them, are U+FFFD in the texts. The description tells no secret.
public struct Credentials: Equatable, Sendable, CustomStringConvertible {
    /// The mechanism that was used.
    public let mechanism: SASLMechanism
    /// Whom the client wants to act for; nil for the user itself.
    ///
    /// Only PLAIN can say so.
    public let authorizationIdentity: String?
    /// Who the client is.
    public let user: String
    /// The password; nil with CRAM-MD5.
    public let password: String?
    /// HMAC-MD5 of the challenge under the password, in 32 small hexadecimal digits; nil without
    /// CRAM-MD5.
    public let digest: String?
    /// What the digest was made of; nil without CRAM-MD5.
    public let challenge: String?

    package init(
        _ mechanism: SASLMechanism, authorizationIdentity: String? = nil, user: String,
        password: String? = nil, digest: String? = nil, challenge: String? = nil
    ) {
        self.mechanism = mechanism
        self.authorizationIdentity = authorizationIdentity
        self.user = user
        self.password = password
        self.digest = digest
        self.challenge = challenge
    }

    /// `PLAIN user`.
    public var description: String { "\(mechanism.name) \(user)" }
}
