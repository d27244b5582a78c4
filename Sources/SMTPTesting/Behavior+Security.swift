internal import BlackholeSMTP

extension Behavior {
    /// Whether something must be done before mail is taken.
    public enum Requirement: Sendable, Hashable {
        /// MAIL without it gets 530.
        case required
        /// It is offered, and mail is taken without it.
        case optional
    }

    /// What STARTTLS is needed for.
    public enum TLSRequirement: Sendable, Hashable {
        /// In clear MAIL, VRFY and EXPN get `530 5.7.0 Must issue a STARTTLS command first`
        /// (RFC 3207 §4); AUTH is not announced, and gets 538.
        case required
        /// In clear AUTH is not announced, and gets `538 5.7.11` (RFC 4954 §6); mail is taken.
        case forLogin
        /// All is done in clear, too.
        case optional
    }

    /// Offers STARTTLS and takes no mail without it: ``tls(_:)`` with
    /// ``TLSRequirement/required``.
    public static var tls: Behavior { tls(.required) }

    /// Offers STARTTLS, with a certificate made in memory: see
    /// ``SMTPServer/certificatePEM`` and ``SMTPServer/certificatePath``.
    public static func tls(_ requirement: TLSRequirement) -> Behavior {
        Behavior(goesWithScripts: true) {
            $0.encryption = .startTLS
            $0.tlsRequirement = requirement
        }
    }

    /// Begins TLS with the first byte, with a certificate made in memory.
    public static var implicitTLS: Behavior {
        Behavior(goesWithScripts: true) { $0.encryption = .implicit }
    }

    /// Lets anybody log in, and takes no mail of those who have not: ``login(_:)`` with
    /// ``Requirement/required``.
    public static var login: Behavior { login(.required) }

    /// Offers AUTH, and lets anybody in.
    ///
    /// - Parameter requirement: whether MAIL without a login gets
    ///   `530 5.7.0 Authentication required` (RFC 4954 §6).
    public static func login(_ requirement: Requirement) -> Behavior {
        Behavior { $0.login = FakePlan.Login(.anybody, requirement) }
    }

    /// Offers AUTH, and lets only this user in: by PLAIN and LOGIN, for CRAM-MD5 shows no password.
    ///
    /// - Parameter requirement: whether MAIL without a login gets
    ///   `530 5.7.0 Authentication required` (RFC 4954 §6).
    public static func login(
        user: String, password: String, _ requirement: Requirement = .required
    ) -> Behavior {
        Behavior { $0.login = FakePlan.Login(.only(user: user, password: password), requirement) }
    }
}
