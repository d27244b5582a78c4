import SMTPTesting
import Testing

@Suite struct `Mail without TLS or a login` {
    private static let logIn = "AUTH PLAIN AG1lAHNlY3JldA=="
    private static let noTLS = "530 5.7.0 Must issue a STARTTLS command first\r\n"
    private static let noLogin = "530 5.7.0 Authentication required\r\n"
    private static let tooEarly = "538 5.7.11 "

    @Test(arguments: [Behavior.login, .login(user: "me", password: "secret")])
    func `is refused where a login is required, until there is one`(login: Behavior) throws {
        var client = try FakeClient([login])
        _ = client.say("EHLO x")
        #expect(client.say("MAIL FROM:<a@b>") == Self.noLogin)
        #expect(client.codes("VRFY a", "RCPT TO:<c@d>", Self.logIn) == ["252", "503", "235"])
        #expect(client.codes("MAIL FROM:<a@b>", "RCPT TO:<c@d>") == ["250", "250"])
    }

    @Test(arguments: [
        Behavior.login(.optional), .login(user: "me", password: "secret", .optional),
    ])
    func `is taken where a login is optional`(login: Behavior) throws {
        var client = try FakeClient([login])
        #expect(client.say("EHLO x").contains("AUTH PLAIN"))
        #expect(client.codes("MAIL FROM:<a@b>") == ["250"])
    }

    @Test func `is refused in clear where TLS is required, as are VRFY, EXPN and AUTH`() throws {
        var client = try FakeClient([.tls, .login])
        #expect(!client.say("EHLO x").contains("AUTH"))
        for command in ["MAIL FROM:<a@b>", "VRFY a", "EXPN a"] {
            #expect(client.say(command) == Self.noTLS)
        }
        #expect(client.say(Self.logIn).hasPrefix(Self.tooEarly))
        #expect(client.codes("NOOP", "HELO x", "STARTTLS") == ["250", "250", "220"])
    }

    @Test func `is taken in clear where TLS is for logins, which are refused`() throws {
        var client = try FakeClient([.tls(.forLogin), .login(.optional)])
        #expect(!client.say("EHLO x").contains("AUTH"))
        #expect(client.say(Self.logIn).hasPrefix(Self.tooEarly))
        #expect(client.codes("MAIL FROM:<a@b>") == ["250"])
    }

    @Test func `is taken in clear, and logins are, where TLS is optional`() throws {
        var client = try FakeClient([.tls(.optional), .login])
        let hello = client.say("EHLO x")
        #expect(hello.contains("STARTTLS") && hello.contains("AUTH"))
        #expect(client.say("MAIL FROM:<a@b>") == Self.noLogin)
        #expect(client.codes(Self.logIn, "MAIL FROM:<a@b>") == ["235", "250"])
    }

    @Test func `leaves no trace in the counts of the behaviors that are written`() async throws {
        let behaviors: [Behavior] = [.tls, .login, .rule("mail -> 450"), .rule("rctp -> 450")]
        let misuse = #expect(throws: Misuse.self) { try SMTPServer(behaviors) }
        #expect(misuse?.place == "behavior 4, .rule")
        let smtp = try SMTPServer(Array(behaviors.prefix(3)))
        #expect(try await smtp.mail(to: "you@example.org").last?.hasPrefix("530") == true)
        #expect(smtp.hits == [0, 0, 0])
        #expect(smtp.unused == ["behavior 3, .rule: mail -> 450"])
        await smtp.stop()
    }
}
