public import BlackholeSMTP

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
///
/// What cannot be done is refused when the server is made: ``Misuse``.
public struct Behavior: Sendable, CustomStringConvertible {
    /// What it is called.
    let name: String
    /// Whether it says something that a script leaves open.
    let goesWithScripts: Bool
    let change: @Sendable (inout FakePlan) throws(Flaw) -> Void

    /// Makes a behavior that is called as the function which makes it, and a detail.
    init(
        function: String = #function, detail: String = "", goesWithScripts: Bool = false,
        _ change: @escaping @Sendable (inout FakePlan) throws(Flaw) -> Void
    ) {
        name = function.prefix { $0 != "(" } + detail
        self.goesWithScripts = goesWithScripts
        self.change = change
    }

    /// `.at(.recipient)`, for the name of a test's case.
    public var description: String { ".\(name)" }

    /// Does something at a stage.
    ///
    /// - Parameters:
    ///   - stage: where.
    ///   - pattern: only for these addresses: at ``Stage/sender`` the sender, at
    ///     ``Stage/recipient`` the recipient, at ``Stage/data`` and ``Stage/message`` any recipient;
    ///     at other stages there are none.
    ///   - sender: only for mail of these senders; an empty pattern is `MAIL FROM:<>`.
    ///   - first: only so many times, counted over all connections; 1 at least.
    ///   - chance: how often, from 0 to 1; what is drawn depends on ``seed(_:)``.
    ///   - action: what it does there.
    public static func at(
        _ stage: Stage, matching pattern: Pattern? = nil, from sender: Pattern? = nil,
        first: Int? = nil, chance: Double = 1, _ action: Action
    ) -> Behavior {
        Behavior(detail: "(.\(stage))") { plan throws(Flaw) in
            plan.rules.append(
                try Rule(
                    stage: stage, address: pattern, sender: sender, first: first, chance: chance,
                    action: action))
        }
    }

    /// Does something to the first connections.
    public static func first(_ count: Int, _ action: Action) -> Behavior {
        Behavior { plan throws(Flaw) in
            try at(.connect, first: count, action).change(&plan)
        }
    }

    /// Plays a dialogue, step by step, and says nothing but what stands in it.
    ///
    /// ```swift
    /// .script(
    ///     .reply("220 odd.example ESMTP"),
    ///     .expect("EHLO *"), .reply("250-odd.example", "250 SIZE 1000"),
    ///     .expect("MAIL FROM:*"), .reply("451 4.7.1 Greylisted"),
    ///     .expect("QUIT"))
    /// ```
    ///
    /// Each connection plays it from its start, and is closed at its end; of several scripts the
    /// first connection has the first, and the last is played again and again. A client that says or
    /// does something else than is expected is told so by a 554 and closed, as is one that says
    /// nothing for the time of ``limits(_:)``: see ``SMTPServer/scriptFailure``.
    ///
    /// A script that no client plays to its end is no failure by itself: wait for it, by
    /// ``SMTPServer/scriptPlayed(within:)``.
    ///
    /// The server takes no messages: what the client has said is in the ``PlayedScript``. Of the
    /// other behaviors only ``tls``, ``implicitTLS`` and ``limits(_:)`` go with scripts.
    public static func script(_ steps: Step...) -> Behavior { script(steps) }

    /// Plays a dialogue, see ``script(_:)-(Step...)``.
    public static func script(_ steps: [Step]) -> Behavior {
        Behavior(goesWithScripts: true) { plan throws(Flaw) in
            plan.scripts.append(try Script(steps))
        }
    }

    /// Offers STARTTLS, with a certificate made in memory: see
    /// ``SMTPServer/certificatePEM`` and ``SMTPServer/certificatePath``.
    public static var tls: Behavior {
        Behavior(goesWithScripts: true) { $0.encryption = .startTLS }
    }

    /// Begins TLS with the first byte, with a certificate made in memory.
    public static var implicitTLS: Behavior {
        Behavior(goesWithScripts: true) { $0.encryption = .implicit }
    }

    /// Offers AUTH, and lets anybody in.
    public static var login: Behavior { Behavior { $0.login = .anybody } }

    /// Offers AUTH, and lets only this user in: by PLAIN and LOGIN, for CRAM-MD5 shows no password.
    public static func login(user: String, password: String) -> Behavior {
        Behavior { $0.login = .only(user: user, password: password) }
    }

    /// Announces an EHLO keyword, or the same with other parameters; what is announced is not done
    /// for that.
    public static func announce(_ keyword: String, _ parameters: String = "") -> Behavior {
        Behavior { plan throws(Flaw) in
            try check(keyword, parameters)
            plan.keywordChanges.append { $0.adding(keyword, parameters) }
        }
    }

    /// Announces an EHLO keyword no more; what it stands for is done all the same.
    public static func hide(_ keyword: String) -> Behavior {
        Behavior { plan throws(Flaw) in
            try check(keyword, "")
            plan.keywordChanges.append { $0.removing(keyword) }
        }
    }

    /// Passes over parameters of MAIL and RCPT that no session knows; otherwise they get 555.
    public static var ignoreParameters: Behavior {
        Behavior { $0.ignoresUnknownParameters = true }
    }

    /// Takes so many bytes a second from each connection, as the layer `Throttle` does.
    public static func throttle(bytesPerSecond: Int) -> Behavior {
        Behavior(goesWithScripts: true) { plan throws(Flaw) in
            guard bytesPerSecond > 0 else {
                throw Flaw(
                    "\(bytesPerSecond) bytes a second are none",
                    "it is 1 at least; .silence answers nothing")
            }
            plan.bytesPerSecond = bytesPerSecond
        }
    }

    /// The limits of a session.
    public static func limits(_ limits: SMTPLimits) -> Behavior {
        Behavior(goesWithScripts: true) { plan throws(Flaw) in
            guard limits.maximumLineLength >= 2, limits.idle > .zero else {
                throw Flaw(
                    "limits that leave no room for a line, or no time",
                    "a line has 2 bytes at least, and idle is over zero")
            }
            plan.limits = limits
        }
    }

    /// What the server greets with, instead of `localhost`: up to 255 bytes of visible ASCII.
    public static func hostName(_ name: String) -> Behavior {
        Behavior { plan throws(Flaw) in
            guard (1...255).contains(name.utf8.count),
                name.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else {
                throw Flaw(
                    "\(name.debugDescription) is no host name",
                    "it is 1 to 255 bytes of visible ASCII, without blanks")
            }
            plan.hostName = name
        }
    }

    /// What chance draws from: the same seed, the same draws.
    public static func seed(_ seed: UInt64) -> Behavior {
        Behavior { $0.seed = seed }
    }

    private static func check(_ keyword: String, _ parameters: String) throws(Flaw) {
        let line = parameters.isEmpty ? keyword : "\(keyword) \(parameters)"
        guard Keywords.isAnnouncement(line), Keywords.isAnnouncement(keyword) else {
            throw Flaw(
                "\(line.debugDescription) is no EHLO keyword",
                "it is letters, digits and hyphens, and parameters of visible ASCII with a blank "
                    + "between two, in 506 bytes")
        }
    }
}
