import BlackholePipeline
import Foundation
import SMTPTesting
import Testing

struct LoginRuleTests {
    private static let right = "AUTH PLAIN AG1lAHNlY3JldA=="
    private static let wrong = "AUTH PLAIN AG1lAHdyb25n"
    private static let stranger = Behavior.rule(
        "mail user=none -> 530 5.7.0 Authentication required")

    @Test func `a rule at the login comes before the check of the password`() throws {
        var client = try FakeClient([
            .login(user: "me", password: "secret"),
            .at(.login, first: 1, .reply(454, "4.7.0", "Later")),
            .rule("auth password=wrong first=1 -> 235 2.7.0 Why not"),
        ])
        _ = client.say("EHLO x")
        #expect(client.say(Self.right) == "454 4.7.0 Later\r\n")
        #expect(client.say(Self.wrong) == "235 2.7.0 Why not\r\n")
    }

    @Test func `who is refused by the check is nobody to the rules`() throws {
        var client = try FakeClient([
            .login(user: "me", password: "secret"), Self.stranger,
            .at(.login, .wait(.seconds(5))),
        ])
        _ = client.say("EHLO x")
        #expect(client.say(Self.wrong) == "")
        #expect(client.wait(.seconds(5)) == "535 5.7.8 Authentication failed\r\n")
        #expect(client.codes("MAIL FROM:<a@b>") == ["530"])
        #expect(client.say(Self.right) == "")
        #expect(client.wait(.seconds(5)).hasPrefix("235 "))
        #expect(client.codes("MAIL FROM:<a@b>") == ["250"])
    }

    @Test func `a rule that accepts leaves the password to the check`() throws {
        var client = try FakeClient([
            .login(user: "me", password: "secret"), .at(.login, .accept.thenDisconnect()),
        ])
        _ = client.say("EHLO x")
        #expect(client.say(Self.wrong) == "535 5.7.8 Authentication failed\r\n")
        #expect(client.closing == .ended)
    }
}

@Suite struct `A login by a token` {
    private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    @Test func `need not name the user where the mechanism does not`() throws {
        var client = try FakeClient([.login(user: "me", token: "t")])
        _ = client.say("EHLO x")
        let nobody = base64("n,,\u{1}auth=Bearer t\u{1}\u{1}")
        #expect(client.say("AUTH OAUTHBEARER \(nobody)").hasPrefix("235"))
        client = try FakeClient([.login(user: "me", token: "t")])
        _ = client.say("EHLO x")
        let other = base64("user=you\u{1}auth=Bearer t\u{1}\u{1}")
        #expect(!client.say("AUTH XOAUTH2 \(other)").hasPrefix("235"))
    }

    @Test func `without a token is refused even where anybody may log in`() throws {
        var client = try FakeClient([.login])
        _ = client.say("EHLO x")
        let empty = base64("n,,\u{1}\u{1}")
        #expect(!client.say("AUTH OAUTHBEARER \(empty)").hasPrefix("235"))
    }

    @Test func `has no other mechanism`() throws {
        var client = try FakeClient([.login(user: "me", token: "t")])
        _ = client.say("EHLO x")
        #expect(client.say("AUTH PLAIN AG1lAHNlY3JldA==").hasPrefix("504"))
    }
}
