public import SMTP

/// How a fake differs from a black hole that takes everything.
///
/// ```swift
/// .at(.recipient, matching: "*@full.example", .reply(452, "4.2.2", "Mailbox full"))
/// .first(2, .disconnect)
/// .at(.message, .delay(.seconds(1)))
/// .tls, .login(user: "me", password: "secret")
/// ```
///
/// Of the rules, those that say `at` or `first`, the first that matches wins, in the order in which
/// they are given; one that has applied as often as it may is passed over.
public struct Behaviour: Sendable {
    let change: @Sendable (inout Plan) -> Void

    /// Does something at a stage.
    ///
    /// - Parameters:
    ///   - stage: where.
    ///   - pattern: only for these addresses: at ``Stage/sender`` the sender, at
    ///     ``Stage/recipient`` the recipient, at ``Stage/data`` and ``Stage/message`` any recipient.
    ///   - sender: only for mail of these senders.
    ///   - first: only so many times, counted over all connections.
    ///   - chance: how often, from 0 to 1; what is drawn depends on ``seed(_:)``.
    ///   - action: what it does there.
    public static func at(
        _ stage: Stage, matching pattern: Pattern? = nil, from sender: Pattern? = nil,
        first: Int? = nil, chance: Double = 1, _ action: Action
    ) -> Behaviour {
        let rule = Rule(
            stage: stage, address: pattern, sender: sender, first: first, chance: chance,
            action: action)
        return Behaviour { $0.rules.append(rule) }
    }

    /// Does something to the first connections.
    public static func first(_ count: Int, _ action: Action) -> Behaviour {
        at(.connect, first: count, action)
    }

    /// Offers STARTTLS, with a certificate made in memory: see ``SMTPServer/certificatePEM``.
    public static var tls: Behaviour { Behaviour { $0.encryption = .startTLS } }

    /// Begins TLS with the first octet, with a certificate made in memory.
    public static var implicitTLS: Behaviour { Behaviour { $0.encryption = .implicit } }

    /// Offers AUTH, and lets anybody in.
    public static var login: Behaviour { Behaviour { $0.login = .anybody } }

    /// Offers AUTH, and lets only this user in; by PLAIN and LOGIN, for CRAM-MD5 shows no password.
    public static func login(user: String, password: String) -> Behaviour {
        Behaviour { $0.login = .only(user: user, password: password) }
    }

    /// Announces an EHLO keyword, or the same with other parameters; what is announced is not done
    /// for that.
    public static func announce(_ keyword: String, _ parameters: String = "") -> Behaviour {
        Behaviour { $0.keywords = $0.keywords.adding(keyword, parameters) }
    }

    /// Announces an EHLO keyword no more; what it stands for is done all the same.
    public static func hide(_ keyword: String) -> Behaviour {
        Behaviour { $0.keywords = $0.keywords.removing(keyword) }
    }

    /// Passes over parameters of MAIL and RCPT that no session knows; otherwise they get 555.
    public static var ignoreParameters: Behaviour {
        Behaviour { $0.ignoresUnknownParameters = true }
    }

    /// Takes so many octets a second from each connection, as the layer `Throttle` does.
    public static func throttle(bytesPerSecond: Int) -> Behaviour {
        Behaviour { $0.bytesPerSecond = bytesPerSecond }
    }

    /// The limits of a session.
    public static func limits(_ limits: SMTPLimits) -> Behaviour {
        Behaviour { $0.limits = limits }
    }

    /// What the server greets with, instead of `localhost`.
    public static func hostName(_ name: String) -> Behaviour {
        Behaviour { $0.hostName = name }
    }

    /// What chance draws from: the same seed, the same draws.
    public static func seed(_ seed: UInt64) -> Behaviour {
        Behaviour { $0.seed = seed }
    }
}

/// All behaviours of a server together.
struct Plan: Sendable {
    var rules: [Rule] = []
    var encryption = Encryption.none
    var login = Login.none
    var keywords = Keywords.standard
    var ignoresUnknownParameters = false
    var bytesPerSecond = Int.max
    var limits = SMTPLimits()
    var hostName = "localhost"
    var seed: UInt64 = 0

    enum Encryption { case none, startTLS, implicit }
    enum Login {
        case none, anybody
        case only(user: String, password: String)
    }

    init(_ behaviours: [Behaviour]) {
        for behaviour in behaviours { behaviour.change(&self) }
    }
}
