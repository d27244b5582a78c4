import SMTPTesting
import Testing

/// What is said in Swift, and in the rule language.
struct RuleTextTests {
    /// A behavior, and the text of the rule that it is.
    struct Pair: Sendable, CustomTestStringConvertible {
        let behavior: Behavior
        let text: String

        init(_ behavior: Behavior, _ text: String) {
            self.behavior = behavior
            self.text = text
        }

        var testDescription: String { text }
    }

    private static let conditions = [
        Pair(
            .at(
                .recipient, matching: "*@full.example", first: 2,
                .reply(452, "4.2.2", "Mailbox full")),
            "rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full"),
        Pair(.first(2, .disconnect), "connect first=2 -> close"),
        Pair(.at(.sender, matching: "a@b", .reset), "mail from=a@b -> reset"),
        Pair(.at(.sender, matching: "", .reset), "mail from=none -> reset"),
        Pair(
            .at(.message, matching: "@b.example", from: "", .reset),
            "message to=@b.example from=none -> reset"),
        Pair(
            .at(.content, first: 3, after: 1, every: 2, chance: 0.25, .reset),
            "content first=3 after=1 every=2 chance=0.25 -> reset"),
        Pair(.at(.data, chance: 0, .reset), "data chance=0 -> reset"),
        Pair(
            .at(.recipient, first: 1, per: [.network, .sender, .recipient], .reply(451)),
            "rcpt first=1 per=ip/24,from,to -> 451"),
    ]

    private static let actions = [
        Pair(.at(.message, .accept), "message -> accept"),
        Pair(.at(.message, .reply(450)), "message -> 450"),
        Pair(.at(.message, .reply(571, "Blocked")), "message -> 571 Blocked"),
        Pair(.at(.message, .reply(250, "")), "message -> 250 \"\""),
        Pair(.at(.message, .reply(451, "{ip}; or | not")), #"message -> 451 "\{ip\}; or | not""#),
        Pair(.at(.message, .reply(554, "a\nb")), #"message -> 554 a\nb"#),
        Pair(
            .at(.message, .reply(554, "5.7.1", "a\nb")), #"message -> 554 5.7.1 a\n5.7.1 b"#),
        Pair(.at(.message, .raw("250 ok\r\n".utf8)), #"message -> raw "250 ok\r\n""#),
        Pair(.at(.message, .raw(250, [0, 0xFF])), #"message -> raw "\x00\xFF""#),
        Pair(.at(.message, .silence), "message -> silence"),
        Pair(.at(.message, .delay(.seconds(1))), "message -> wait 1; accept"),
        Pair(
            .at(.message, .reply(451, "No").after(.milliseconds(50)).thenDisconnect()),
            "message -> wait 0.05; 451 No; close"),
        Pair(.at(.message, .reply(451, "No").then(.reset)), "message -> 451 No; reset"),
        Pair(.at(.message, .wait(.seconds(2))), "message -> wait 2"),
        Pair(.at(.message, .wait(.seconds(1)...(.seconds(3)))), "message -> wait 1-3"),
        Pair(
            .at(.message, .wait(median: .milliseconds(800), percentile99: .seconds(6))),
            "message -> wait 0.8~6"),
        Pair(.at(.content, .slow(bytesPerSecond: 100)), "content -> slow 100/s"),
        Pair(.at(.connect, .drip(bytesPerSecond: 1)), "connect -> drip 1/s"),
        Pair(.at(.message, .garble()), "message -> garble"),
        Pair(.at(.message, .garble(.wrongCode)), "message -> garble wrong-code"),
        Pair(
            .at(.hello, .announce("SIZE", "1000").then(.hide("PIPELINING"))),
            "helo -> announce SIZE 1000; hide PIPELINING"),
        Pair(.at(.startTLS, .certificate(.otherName)), "starttls -> certificate other-name"),
        Pair(.at(.message, .keep.then(.reply(554, "No"))), "message -> keep; 554 No"),
        Pair(.at(.message, .drop), "message -> drop"),
        Pair(
            .at(.message, .oneOf(.reply(450), .reply(451), .reply(452))), "message -> 450|451|452"),
        Pair(
            .at(.message, .oneOf([5: .reply(452, "Full"), 3.5: .reply(421).then(.disconnect)])),
            "message -> 5% 452 Full | 3.5% 421; close"),
        Pair(
            .at(.message, .wait(.seconds(1)).then(.oneOf(.accept, .reset))),
            "message -> wait 1; accept | wait 1; reset"),
        Pair(
            .at(.message, .oneOf([50: .reply(450)]).thenDisconnect()),
            "message -> 50% 450; close"),
    ]

    private static let stages = zip(
        Stage.allCases,
        [
            "connect", "helo", "starttls", "auth", "mail", "rcpt", "data", "content", "message",
            "vrfy", "expn", "command", "quit",
        ]
    ).map { Pair(.at($0, .reset), "\($1) -> reset") }

    @Test(arguments: conditions + actions + stages)
    func `what is said in Swift is the rule of the same text`(pair: Pair) throws {
        #expect(pair.behavior.description == pair.text)
        let behavior = Behavior.rule(pair.text)
        #expect(behavior.rules.count == 1)
        #expect(behavior.rules == pair.behavior.rules)
    }

    @Test func `rules are a text of one on each line`() {
        let behavior = Behavior.rules(
            """
            # Seen at a large receiver.
            full: rcpt to=*@full.example -> 452 4.2.2 Mailbox full

              message chance=0.1 -> 450|451|452
            """)
        let text = """
            full: rcpt to=*@full.example -> 452 4.2.2 Mailbox full
            message chance=0.1 -> 450|451|452
            """
        #expect(behavior.description == text)
        #expect(behavior.rules.map(\.name) == ["full", nil])
    }

    @Test func `what is no rule is described by its name, as is a rule that is wrong`() {
        let behaviors: [Behavior] = [
            .tls, .hide("SIZE"), .login, .first(0, .reset), .at(.recipient, .reply(700)),
            .rule("rctp -> 450"), .rules("rctp -> 450"),
        ]
        let names = behaviors.map(\.description)
        #expect(
            names == [
                ".tls", ".hide", ".login", ".first", ".at(.recipient)", ".rule", ".rules",
            ])
    }
}
