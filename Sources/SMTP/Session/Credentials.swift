/// A way for a client to say who it is (SASL, RFC 4422).
public enum SASLMechanism: BitwiseCopyable, Sendable, CaseIterable {
    /// RFC 4616.
    case plain
    /// Never a standard, and sent by many clients all the same.
    case login
    /// RFC 2195.
    case cramMD5
    /// A bearer token in the form that Google made up, and that others took over.
    case xoauth2
    /// A bearer token (RFC 7628).
    case oauthBearer

    /// The name in capitals, as EHLO announces it.
    public var name: StaticString {
        switch self {
        case .plain: "PLAIN"
        case .login: "LOGIN"
        case .cramMD5: "CRAM-MD5"
        case .xoauth2: "XOAUTH2"
        case .oauthBearer: "OAUTHBEARER"
        }
    }

    /// Whether the client speaks first, so that AUTH may bring an initial response.
    var isClientFirst: Bool { self != .cramMD5 }
}

/// Who a client says it is, and its proof.
///
/// No text has a NUL; user, password and token may be empty. Bytes that are not UTF-8, as clients with
/// another character set send them, are U+FFFD in the texts. The description tells no secret.
public struct Credentials: Equatable, Sendable, CustomStringConvertible {
    /// The mechanism that was used.
    public let mechanism: SASLMechanism
    /// Whom the client wants to act for; nil for the user itself.
    ///
    /// Only PLAIN can say so.
    public let authorizationIdentity: String?
    /// Who the client is; with OAUTHBEARER, which need not say so, perhaps empty.
    public let user: String
    /// The password; nil but with PLAIN and LOGIN.
    public let password: String?
    /// HMAC-MD5 of the challenge under the password, in 32 small hexadecimal digits; nil without
    /// CRAM-MD5.
    public let digest: String?
    /// What the digest was made of; nil without CRAM-MD5.
    public let challenge: String?
    /// The bearer token; nil but with XOAUTH2 and OAUTHBEARER.
    ///
    /// It is empty where a client asks by OAUTHBEARER what the server demands (RFC 7628 §4.3): no such
    /// client expects to be believed.
    public let token: String?

    package init(
        _ mechanism: SASLMechanism, authorizationIdentity: String? = nil, user: String,
        password: String? = nil, digest: String? = nil, challenge: String? = nil,
        token: String? = nil
    ) {
        self.mechanism = mechanism
        self.authorizationIdentity = authorizationIdentity
        self.user = user
        self.password = password
        self.digest = digest
        self.challenge = challenge
        self.token = token
    }

    /// Returns whether the client knows the user's password, by whichever mechanism it has proved it.
    ///
    /// With a bearer token, the token takes the password's place. The comparison takes as long
    /// wherever the two differ.
    public func proves(password: String) -> Bool {
        if let challenge, let digest {
            let expected = MD5.authenticate(Array(challenge.utf8), key: Array(password.utf8))
            return Credentials.isSame(digest.utf8, expected.hexadecimal.utf8)
        }
        return Credentials.isSame((self.password ?? token ?? "").utf8, password.utf8)
    }

    /// Compares what was sent with what it should be, in a time that depends on the lengths alone.
    private static func isSame(_ sent: String.UTF8View, _ expected: String.UTF8View) -> Bool {
        let sent = Array(sent)
        let expected = Array(expected)
        var difference: UInt8 = sent.count == expected.count ? 0 : 1
        for index in sent.indices {
            difference |= sent[index] ^ (expected.isEmpty ? 0 : expected[index % expected.count])
        }
        return difference == 0
    }

    /// `PLAIN user`.
    public var description: String { "\(mechanism.name) \(user)" }
}
