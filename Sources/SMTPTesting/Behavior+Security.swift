public import BlackholeRules
public import BlackholeSMTP

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

    /// Shows a certificate with a flaw; without another behavior for TLS it brings ``tls``.
    ///
    /// ``SMTPServer/certificatePEM`` is the one without a flaw.
    public static func certificate(_ flaw: Rule.CertificateFlaw) -> Behavior {
        Behavior { $0.certificate = flaw }
    }

    /// Lets anybody log in, and takes no mail of those who have not: ``login(_:mechanisms:)`` with
    /// ``Requirement/required``.
    public static var login: Behavior { login(.required) }

    /// Offers AUTH, and lets anybody in.
    ///
    /// - Parameters:
    ///   - requirement: whether MAIL without a login gets `530 5.7.0 Authentication required`
    ///     (RFC 4954 §6).
    ///   - mechanisms: how, in the order in which EHLO announces it; any other way gets 504.
    public static func login(
        _ requirement: Requirement,
        mechanisms: [SASLMechanism] = [.plain, .login, .cramMD5, .xoauth2, .oauthBearer]
    ) -> Behavior {
        Behavior { plan throws(Flaw) in
            plan.login = try FakePlan.Login(.anybody, requirement, mechanisms)
        }
    }

    /// Offers AUTH, and lets only this user in, by any mechanism that proves the password.
    ///
    /// Another gets `535 5.7.8` (RFC 4954 §6). With XOAUTH2 and OAUTHBEARER the token takes the password's
    /// place.
    ///
    /// - Parameters:
    ///   - user: the only one.
    ///   - password: what it must prove to know.
    ///   - requirement: whether MAIL without a login gets `530 5.7.0 Authentication required`
    ///     (RFC 4954 §6).
    ///   - mechanisms: how, in the order in which EHLO announces it; any other way gets 504.
    public static func login(
        user: String, password: String, _ requirement: Requirement = .required,
        mechanisms: [SASLMechanism] = [.plain, .login, .cramMD5]
    ) -> Behavior {
        Behavior { plan throws(Flaw) in
            plan.login = try FakePlan.Login(
                .only(user: user, secret: password), requirement, mechanisms)
        }
    }

    /// Offers AUTH, and lets only this user in, with a bearer token: by XOAUTH2 and OAUTHBEARER
    /// (RFC 7628), of which the latter need not name the user.
    ///
    /// - Parameters:
    ///   - user: the only one.
    ///   - token: what it must show.
    ///   - requirement: whether MAIL without a login gets `530 5.7.0 Authentication required`
    ///     (RFC 4954 §6).
    ///   - mechanisms: how, in the order in which EHLO announces it; any other way gets 504.
    public static func login(
        user: String, token: String, _ requirement: Requirement = .required,
        mechanisms: [SASLMechanism] = [.xoauth2, .oauthBearer]
    ) -> Behavior {
        Behavior { plan throws(Flaw) in
            plan.login = try FakePlan.Login(
                .only(user: user, secret: token), requirement, mechanisms)
        }
    }
}
