package import BlackholeRules

/// How a fake differs from a black hole that takes everything.
///
/// ```swift
/// .at(.recipient, matching: "*@full.example", .reply(452, "4.2.2", "Mailbox full"))
/// .first(2, .disconnect)
/// .at(.message, .delay(.seconds(1)))
/// .rule("rcpt grey=60s..2d per=ip,from,to -> 451 4.7.1 Greylisted")
/// .tls, .login(user: "me", password: "secret")
/// ```
///
/// Of the rules, those that say `at`, `first`, `rule` or `rules`, the first that answers wins, in the
/// order in which they are given; one that has applied as often as it may is passed over.
///
/// What cannot be done is refused when the server is made: ``Misuse``.
public struct Behavior: Sendable, CustomStringConvertible {
    /// What it is called.
    let name: String
    /// Whether it says something that a script leaves open.
    let goesWithScripts: Bool
    /// Whether it may be given several times.
    let isRepeatable: Bool
    let effect: Effect

    /// What it does to a fake.
    enum Effect: Sendable {
        case setting(@Sendable (inout FakePlan) throws(Flaw) -> Void)
        case rules([WrittenRule])
        case flaw(Flaw)

        /// The rules; none of a setting.
        func rules() throws(Flaw) -> [WrittenRule] {
            switch self {
            case .setting: []
            case .rules(let rules): rules
            case .flaw(let flaw): throw flaw
            }
        }
    }

    /// Makes a setting that is called as the function which makes it.
    init(
        function: String = #function, goesWithScripts: Bool = false, isRepeatable: Bool = false,
        _ change: @escaping @Sendable (inout FakePlan) throws(Flaw) -> Void
    ) {
        name = String(function.prefix { $0 != "(" })
        self.goesWithScripts = goesWithScripts
        self.isRepeatable = isRepeatable
        effect = .setting(change)
    }

    /// Makes rules that are called as the function which makes them, and a detail.
    init(
        function: String = #function, detail: String = "",
        rules: () throws(Flaw) -> [WrittenRule]
    ) {
        name = function.prefix { $0 != "(" } + detail
        goesWithScripts = false
        isRepeatable = name != "dialogue"
        do throws(Flaw) { effect = .rules(try rules()) } catch { effect = .flaw(error) }
    }

    /// The rules that it stands for; none if it is a setting, or wrong.
    package var rules: [Rule] {
        if case .rules(let rules) = effect { rules.map(\.rule) } else { [] }
    }

    /// The text of a rule, and the name of anything else: `.tls`.
    public var description: String {
        if case .rules(let rules) = effect, name != Behavior.dialogue.name {
            rules.map(\.text).joined(separator: "\n")
        } else {
            ".\(name)"
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
    /// ``SMTPServer/scriptPlayed(within:file:line:)``, or have the server ``strict``.
    ///
    /// The server takes no messages: what the client has said is in the ``PlayedScript``. Of the
    /// other behaviors only ``tls``, ``implicitTLS`` and ``limits(_:)`` go with scripts.
    public static func script(_ steps: Step...) -> Behavior { script(steps) }

    /// Plays a dialogue, see ``script(_:)-(Step...)``.
    public static func script(_ steps: [Step]) -> Behavior {
        Behavior(goesWithScripts: true, isRepeatable: true) { plan throws(Flaw) in
            plan.scripts.append(try Script(steps))
        }
    }
}
