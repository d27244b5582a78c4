import BlackholeSMTP
import SMTPTesting
import Testing

struct MisuseTests {
    /// Behaviors that no server can have.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let behaviors: [Behavior]
        let place: String
        let flaw: String

        init(_ behaviors: Behavior..., at place: String, _ flaw: String) {
            self.behaviors = behaviors
            self.place = place
            self.flaw = flaw
        }

        var testDescription: String { "\(place): \(flaw)" }
    }

    private static func limits(_ change: (inout SMTPLimits) -> Void) -> Behavior {
        var limits = SMTPLimits()
        change(&limits)
        return .limits(limits)
    }

    private static let rules: [Mistake] =
        [0, 199, 260, 280, 299, 570, 572, 600, 700, 65_535].map { code in
            Mistake(
                .at(.message, .reply(code, "x")), at: "behavior 1, .at(.message)",
                "\(code) is no reply code")
        } + [
            Mistake(
                .tls, .at(.recipient, .reply(452, "4.2", "x")),
                at: "behavior 2, .at(.recipient)", #""4.2" is no enhanced code"#),
            Mistake(
                .at(.data, .reply(452, "3.2.2", "x").after(.seconds(1))),
                at: "behavior 1, .at(.data)", #""3.2.2" is no enhanced code"#),
            Mistake(
                .throttle(bytesPerSecond: 0), at: "behavior 1, .throttle",
                "0 bytes a second are none"),
            Mistake(
                .at(.data, .reply(452, "4.02.2", "x")), at: "behavior 1, .at(.data)",
                #""4.02.2" is no enhanced code"#),
            Mistake(
                .at(.data, .reply(452, "4.+2.2", "x")), at: "behavior 1, .at(.data)",
                #""4.+2.2" is no enhanced code"#),
            Mistake(
                .at(.quit, .reply(221, "x\r\ny").thenDisconnect()), at: "behavior 1, .at(.quit)",
                #""x\r\ny" has bytes that no reply may have"#),
            Mistake(
                .at(.hello, .reply(250, "2.0.0", "Grüße")), at: "behavior 1, .at(.hello)",
                #""Grüße" has bytes that no reply may have"#),
            Mistake(
                .at(.login, .raw(199, [])), at: "behavior 1, .at(.login)",
                "199 is no reply code"),
            Mistake(
                .at(.sender, first: 0, .reset), at: "behavior 1, .at(.sender)",
                "a rule for the first 0 times never applies"),
            Mistake(
                .first(-1, .reset), at: "behavior 1, .first",
                "a rule for the first -1 times never applies"),
            Mistake(
                .at(.sender, chance: 1.5, .reset), at: "behavior 1, .at(.sender)",
                "1.5 is no chance"),
            Mistake(
                .at(.sender, chance: -0.1, .reset), at: "behavior 1, .at(.sender)",
                "-0.1 is no chance"),
            Mistake(
                .at(.sender, chance: .nan, .reset), at: "behavior 1, .at(.sender)",
                "nan is no chance"),
        ]
        + [Stage.recipient, .data, .message].map { stage in
            Mistake(
                .at(stage, matching: "", .reset), at: "behavior 1, .at(.\(stage))",
                "an empty pattern matches no recipient")
        }
        + [Stage.connect, .hello, .startTLS, .login, .quit].flatMap { stage in
            [
                Mistake(
                    .at(stage, matching: "*", .reset), at: "behavior 1, .at(.\(stage))",
                    "a pattern at a stage that has no addresses"),
                Mistake(
                    .at(stage, from: "*", .reset), at: "behavior 1, .at(.\(stage))",
                    "a pattern at a stage that has no addresses"),
            ]
        }

    private static let settings = [
        Mistake(.announce(""), at: "behavior 1, .announce", #""" is no EHLO keyword"#),
        Mistake(.announce("A_B"), at: "behavior 1, .announce", #""A_B" is no EHLO keyword"#),
        Mistake(
            .announce("A", "B\r\n"), at: "behavior 1, .announce",
            #""A B\r\n" is no EHLO keyword"#),
        Mistake(
            .announce("A", String(repeating: "x", count: 505)), at: "behavior 1, .announce",
            "\"A \(String(repeating: "x", count: 505))\" is no EHLO keyword"),
        Mistake(.hide("-"), at: "behavior 1, .hide", #""-" is no EHLO keyword"#),
        Mistake(.hostName(""), at: "behavior 1, .hostName", #""" is no host name"#),
        Mistake(.hostName("a b"), at: "behavior 1, .hostName", #""a b" is no host name"#),
        Mistake(.hostName("ü"), at: "behavior 1, .hostName", #""ü" is no host name"#),
        Mistake(
            limits { $0.maximumLineLength = 1 }, at: "behavior 1, .limits",
            "limits that leave no room for a line, or no time"),
        Mistake(
            limits { $0.idle = .zero }, at: "behavior 1, .limits",
            "limits that leave no room for a line, or no time"),
    ]

    private static let together = [
        Mistake(
            .implicitTLS, .tls, at: "behavior 2, .tls",
            "TLS begins with the first byte, or by STARTTLS"),
        Mistake(
            .tls(.optional), .implicitTLS, .script(.expectEnd), at: "behavior 2, .implicitTLS",
            "TLS begins with the first byte, or by STARTTLS"),
        Mistake(
            .tls(.forLogin), at: "behavior 1, .tls", "TLS for logins, and nobody may log in"),
        Mistake(
            .login, .seed(1), .login(user: "a", password: "b"), at: "behavior 3, .login",
            "it is given twice"),
        Mistake(.tls, .tls(.optional), at: "behavior 2, .tls", "it is given twice"),
        Mistake(.port(2525), .port(2526), at: "behavior 2, .port", "it is given twice"),
        Mistake(.dialogue, .dialogue, at: "behavior 2, .dialogue", "it is given twice"),
        Mistake(.seed(1), .seed(1), at: "behavior 2, .seed", "it is given twice"),
        Mistake(.port(0), at: "behavior 1, .port", "0 is no port"),
        Mistake(.port(65_536), at: "behavior 1, .port", "65536 is no port"),
        Mistake(.sizeLimit(0), at: "behavior 1, .sizeLimit", "0 bytes are no limit of a message"),
        Mistake(
            .login(.required, mechanisms: []), at: "behavior 1, .login",
            "a login without a mechanism"),
        Mistake(
            .at(.login, .reset), at: "behavior 1, .at(.login)", "nobody may log in"),
        Mistake(
            .rules("quit -> 221\nauth -> 454"), at: "behavior 1, .rules, line 2",
            "nobody may log in"),
        Mistake(
            .at(.startTLS) { _ in nil }, .implicitTLS, at: "behavior 1, .at(.startTLS)",
            "there is no STARTTLS"),
        Mistake(
            .at(.connect, .certificate(.expired)), at: "behavior 1, .at(.connect)",
            "there is no TLS to show a certificate"),
        Mistake(.hide("NOSUCH"), at: "behavior 1, .hide", "NOSUCH is not announced"),
        Mistake(
            .announce("X-A"), .hide("X-A"), .hide("x-a"), at: "behavior 3, .hide",
            "x-a is not announced"),
        Mistake(.hide("STARTTLS"), at: "behavior 1, .hide", "STARTTLS is not announced"),
        Mistake(.hide("AUTH"), at: "behavior 1, .hide", "AUTH is not announced"),
        Mistake(
            .at(.hello, .hide("NOSUCH")), at: "behavior 1, .at(.hello)", "NOSUCH is not announced"),
        Mistake(
            .rule("helo -> hide NOSUCH"), at: "behavior 1, .rule", "NOSUCH is not announced"),
    ]

    private static let negative: [Mistake] = [
        Behavior.Action.delay(.seconds(-1)), .reply(451).after(.seconds(-1)), .wait(.seconds(-1)),
        .wait(.seconds(-1)...(.seconds(1))),
        .wait(median: .seconds(-1), percentile99: .seconds(1)),
        .wait(median: .seconds(1), percentile99: .seconds(-1)),
    ].map {
        Mistake(
            .at(.message, $0), at: "behavior 1, .at(.message)", "a wait of \(Duration.seconds(-1))")
    }

    private static func script(_ steps: Step..., at step: Int, _ flaw: String) -> Mistake {
        Mistake(.script(steps), at: "behavior 1, .script, step \(step)", flaw)
    }

    private static let scripts = [
        Mistake(.script(), at: "behavior 1, .script", "a script without steps"),
        script(.reply(), at: 1, "a reply without lines"),
        script(.expect("*"), .reply("700 x"), at: 2, "700 is no reply code"),
        script(
            .reply("25O OK"), at: 1,
            #""25O OK" is no line of a reply here: it does not begin with a code"#),
        script(
            .reply("+25 OK"), at: 1,
            #""+25 OK" is no line of a reply here: it does not begin with a code"#),
        script(
            .reply("250-x"), at: 1,
            #""250-x" is no line of a reply here: behind the code of the last line stands a blank"#),
        script(
            .reply("250 x", "250 y"), at: 1,
            #""250 x" is no line of a reply here: "#
                + "behind the code of a line that is not the last stands a hyphen"),
        script(
            .reply("250-x", "251 y"), at: 1,
            #""250-x" is no line of a reply here: its lines have more than one code"#),
        script(
            .reply("250 x\n250 y"), at: 1,
            #""250 x\n250 y" has bytes that no reply may have"#),
        script(.reply("250 ü"), at: 1, #""250 ü" has bytes that no reply may have"#),
        script(.expectContent(bytes: -1), at: 1, "content of -1 bytes"),
        script(.disconnect, .wait(.seconds(1)), at: 2, "a step behind the end of the connection"),
        script(.reset, .expectEnd, at: 2, "a step behind the end of the connection"),
        script(.startTLS, .reply("220 x"), .startTLS, at: 3, "TLS in TLS"),
        script(
            .expectEnd, .reply("221 x"), .expect("*"), at: 3,
            "something of a client that has ended"),
        Mistake(
            .script(.startTLS), .implicitTLS, at: "behavior 2, .implicitTLS",
            "a script with .startTLS is not secured from its first byte"),
    ]

    private static let besideScripts = [
        (Behavior.at(.message, .reset), "at(.message)"), (.first(1, .reset), "first"),
        (.login, "login"), (.login(user: "a", password: "b"), "login"),
        (.announce("X"), "announce"), (.hide("SIZE"), "hide"), (.hostName("x"), "hostName"),
        (.seed(1), "seed"), (.lmtp, "lmtp"), (.garble(seed: 1), "garble"), (.dialogue, "dialogue"),
        (.certificate(.expired), "certificate"), (.sizeLimit(1), "sizeLimit"),
        (.responder { BlackHole() }, "responder"), (.at(.quit) { _ in nil }, "at(.quit)"),
    ].map { behavior, name in
        Mistake(
            .script(.expectEnd), .tls, behavior, at: "behavior 3, .\(name)",
            "a script leaves no room for it")
    }

    @Test(arguments: rules + settings + together + negative + scripts + besideScripts)
    func `what cannot be done is refused, and told where it is`(mistake: Mistake) async throws {
        let misuse = try #require(
            #expect(throws: Misuse.self) { try SMTPServer(mistake.behaviors) })
        #expect(misuse.place == mistake.place)
        #expect(misuse.flaw == mistake.flaw)
        #expect(!misuse.advice.isEmpty)
        #expect(misuse.description == "\(mistake.place): \(mistake.flaw); \(misuse.advice)")
    }

    @Test func `two ports are one too many`() {
        let misuse = #expect(throws: Misuse.self) { try SMTPServer(.port(2525), port: 2526) }
        #expect(misuse?.flaw == "the port is 2525 and 2526")
    }

    @Test func `a body does not begin with what cannot be done`() async {
        await #expect(throws: Misuse.self) {
            try await withSMTPServer(.first(0, .reset)) { _ in Issue.record("it has begun") }
        }
    }

    @Test(arguments: [
        Behavior.at(.sender, matching: "", .reset), .at(.message, from: "", .reset),
        .at(.message, chance: 0, .reset), .at(.message, chance: 1, .reply(571, "a\tb\nc")),
        .at(.data, .reply(259, "x")), .at(.data, .reply(500, "5.999.999", "")),
        .announce("X-1", "!~"), .announce("SIZE"), .hide("size"), .hostName("_[~]"),
        .script(.expect("")), .script(.reply("250")),
        .script(.reply("250-", "250")), .script(.send([])),
        .script(.expectEnd, .send([0]), .wait(.seconds(-1)), .disconnect),
    ])
    func `what is only odd is done`(behavior: Behavior) async throws {
        try await SMTPServer(behavior).stop()
    }

    @Test func `the null reverse-path has a pattern`() async throws {
        try await withSMTPServer(.at(.sender, matching: "", .reply(550, "No bounces"))) {
            smtp async throws in
            #expect(try await smtp.mail(from: "", to: "a@b.example").last == "550 No bounces")
            #expect(try await smtp.mail(to: "a@b.example").last?.prefix(3) == "221")
        }
    }
}
