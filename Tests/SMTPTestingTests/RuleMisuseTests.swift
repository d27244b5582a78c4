import SMTPTesting
import Testing

/// Rules that no server can have, and what is said of them.
struct RuleMisuseTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let behaviors: [Behavior]
        let testDescription: String

        init(_ behaviors: Behavior..., misuse: String) {
            self.behaviors = behaviors
            testDescription = misuse
        }
    }

    private static let texts = [
        Mistake(
            .tls, .rule("rctp -> 450"),
            misuse: "behavior 2, .rule: column 1: unknown stage 'rctp'; did you mean 'rcpt'?"),
        Mistake(
            .rule("rcpt too=a@b -> 450"),
            misuse: "behavior 1, .rule: column 6: unknown test 'too'; did you mean 'to'?"),
        Mistake(
            .rule("message -> 700 x"),
            misuse: "behavior 1, .rule: column 12: '700' is not a reply code (200–599); "
                + "a rule is [name:] STAGE [test…] [pace…] -> step [; step…]"),
        Mistake(
            .rule("rcpt to=@/etc/list -> 450"),
            misuse: "behavior 1, .rule: column 9: a list in a file is not allowed here; "
                + "it can stand on the command line and in files"),
        Mistake(
            .rule("message -> 450\nquit -> 450"),
            misuse: "behavior 1, .rule: column 15: a rule is one line; "
                + "write \\n to begin another line of a reply"),
        Mistake(
            .rules("# one\n\nmessage -> clsoe"),
            misuse: "behavior 1, .rules, line 3: column 12: unknown step 'clsoe'; "
                + "did you mean 'close'?"),
        Mistake(
            .rule("x: quit -> 450"), .rules("\nx: helo -> 450"),
            misuse: "behavior 2, .rules, line 2: column 1: the name 'x' is used twice; "
                + "it is first used at behavior 1, .rule"),
        Mistake(
            .rules("x: quit -> 450\nx: helo -> 450"),
            misuse: "behavior 1, .rules, line 2: column 1: the name 'x' is used twice; "
                + "it is first used at .rules:1"),
        Mistake(
            .script(.expectEnd), .rule("quit -> 450"),
            misuse: "behavior 2, .rule: a script leaves no room for it; "
                + "say in the script what the server says, or leave the script out"),
    ]

    private static let parts = [
        Mistake(
            .at(.recipient, matching: "a b", .reset),
            misuse: "behavior 1, .at(.recipient): column 11 of 'rcpt to=a b -> reset': "
                + "unknown test 'b'; "),
        Mistake(
            .at(.recipient, matching: "@/etc/list", .reset),
            misuse: "behavior 1, .at(.recipient): column 9 of 'rcpt to=@/etc/list -> reset': "
                + "a list in a file is not allowed here; "),
        Mistake(
            .at(.message, .disconnect.thenDisconnect()),
            misuse: "behavior 1, .at(.message): column 19 of 'message -> close; close': "
                + "'close' after 'close'; a rule is "),
        Mistake(
            .at(.hello, .announce("A_B")),
            misuse: "behavior 1, .at(.hello): column 18 of 'helo -> announce A_B': "
                + "'A_B' is not an EHLO keyword; it is letters, digits and hyphens"),
        Mistake(
            .at(.connect, .slow(bytesPerSecond: -1)),
            misuse: "behavior 1, .at(.connect): column 17 of 'connect -> slow 0/s': "
                + "'slow' is at least 1 byte per second; did you mean 'silence'?"),
        Mistake(
            .at(.message, .certificate(.expired)),
            misuse: "behavior 1, .at(.message): column 12 of 'message -> certificate expired': "
                + "'message' is too late for a certificate; it is chosen at connect and starttls"),
        Mistake(
            .at(.connect, first: 1, per: [.recipient], .reset),
            misuse: "behavior 1, .at(.connect): column 21 of 'connect first=1 per=to -> reset': "
                + "'connect' cannot know 'to'; "),
        Mistake(
            .at(.message, after: 0, .reset),
            misuse: "behavior 1, .at(.message): 0 is not a number of times; say 1 or more"),
        Mistake(
            .at(.message, every: -1, .reset),
            misuse: "behavior 1, .at(.message): -1 is not a number of times; say 1 or more"),
        Mistake(
            .at(.content, matching: "", .reset),
            misuse: "behavior 1, .at(.content): an empty pattern matches no recipient; "),
        Mistake(
            .at(.command, matching: "*", .reset),
            misuse: "behavior 1, .at(.command): a pattern at a stage that has no addresses; "),
        Mistake(
            .at(.message, .oneOf([101: .reset])),
            misuse: "behavior 1, .at(.message): 101.0 is not a percentage; "),
        Mistake(
            .at(.message, .oneOf([60: .reset, 50: .accept])),
            misuse: "behavior 1, .at(.message): column 24 of "
                + "'message -> 60% reset | 50% accept': the alternatives add up to more than 100 %"),
        Mistake(
            .at(.message, .oneOf(.oneOf(.reset, .accept), .accept)),
            misuse: "behavior 1, .at(.message): a choice within a choice; say all"),
        Mistake(
            .at(.message, .oneOf([5: .reset]).then(.oneOf([5: .reset]))),
            misuse: "behavior 1, .at(.message): a choice within a choice; say all"),
        Mistake(
            .at(.message, .oneOf(.reset, .accept).then(.oneOf([5: .reset]))),
            misuse: "behavior 1, .at(.message): a choice within a choice; say all"),
        Mistake(
            .at(.message, .oneOf()), misuse: "behavior 1, .at(.message): a choice of nothing; "),
        Mistake(
            .at(.message, .oneOf(.reset, .reply(99))),
            misuse: "behavior 1, .at(.message): 99 is no reply code; "),
        Mistake(
            .at(.message, .raw(451, [0])),
            misuse: "behavior 1, .at(.message): bytes without a code are taken for a success, "
                + "not for 451; begin them with the code"),
        Mistake(
            .at(.message, .raw(250, "451 No\r\n".utf8)),
            misuse: "behavior 1, .at(.message): bytes that begin with 451 are not taken for 250; "
                + "leave the code out"),
    ]

    @Test(arguments: texts + parts)
    func `a rule that cannot be is told with its place and what was probably meant`(
        mistake: Mistake
    ) throws {
        let misuse = try #require(
            #expect(throws: Misuse.self) { try SMTPServer(mistake.behaviors) })
        #expect(misuse.description.hasPrefix(mistake.testDescription), "\(misuse)")
    }

    @Test func `a text without rules changes nothing`() async throws {
        try await withSMTPServer(.rules("# none\n\n")) { smtp async throws in
            #expect(try await smtp.mail(to: "a@b.example").last?.prefix(3) == "221")
        }
    }
}
