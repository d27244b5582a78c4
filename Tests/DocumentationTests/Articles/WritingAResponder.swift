import BlackholePipeline
import BlackholeSMTP
import Synchronization
import Testing

import BlackholeTestSupport

struct FullMailbox: Responder {
    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        line.text(recipient.path).hasSuffix("@full.example")
            ? .reply(452, EnhancedCode(4, 2, 2), "Mailbox full") : .accept
    }
}

final class Greylist: Sendable {
    private let known = Mutex<Set<String>>([])

    func isNew(_ recipient: String) -> Bool { known.withLock { $0.insert(recipient).inserted } }
}

struct Greylisting: Responder {
    let list: Greylist

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        list.isNew(line.text(recipient.path))
            ? .reply(451, EnhancedCode(4, 7, 1), "Greylisted, try again later") : .accept
    }
}

struct Tarpit: Responder {
    private var recipients = 0

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        recipients += 1
        return .accept.delayed(by: .seconds(recipients - 1))
    }

    mutating func reset(_ context: inout Context) { recipients = 0 }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        recipients = 0
        return .accept
    }
}

struct Hesitant: Responder {
    private var attempts = 0

    mutating func mail(_ mail: MailCommand, in line: RawSpan, _ context: inout Context) -> Answer {
        attempts += 1
        return attempts < 3 ? .reply(450, "4.7.1", "That was attempt \(attempts)") : .accept
    }
}

actor Subscriptions {
    private var cancelled: Set<String> = ["gone@list.example"]

    func isCancelled(_ recipient: String) async -> Bool { cancelled.contains(recipient) }
}

struct Subscribed: AsyncResponder {
    let subscriptions: Subscriptions

    func recipient(_ path: String, parameters: String) async -> Answer {
        await subscriptions.isCancelled(path)
            ? .reply(550, EnhancedCode(5, 1, 1), "No such subscriber") : .accept
    }
}

struct NoEmptyMail: Responder {
    static var wantsContent: Bool { true }

    private var isEmpty = true

    mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        for offset in 0..<bytes.byteCount {
            let byte = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            if byte != 0x0D, byte != 0x0A { isEmpty = false }
        }
    }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        defer { isEmpty = true }
        return isEmpty
            ? .reply(554, EnhancedCode(5, 6, 0), "The message is empty").thenClose() : .accept
    }

    mutating func reset(_ context: inout Context) { isEmpty = true }
}

struct WithXClient: Responder {
    mutating func command(
        _ command: Command, in line: RawSpan, _ context: inout Context
    ) -> Answer? {
        command.isVerb("XCLIENT", in: line) ? .startOver : nil
    }
}

struct Doorkeeper: Responder {
    mutating func authenticate(_ credentials: Credentials, _ context: inout Context) -> Answer {
        credentials.user == "me" && credentials.proves(password: "secret")
            ? .accept : .reply(535, EnhancedCode(5, 7, 8), "Authentication failed")
    }
}

/// A stack in memory around a responder.
private func open<Answers: Responder>(
    _ settings: SessionSettings = SessionSettings(),
    _ responder: @escaping @Sendable () -> Answers
) -> Loopback {
    Loopback { _ in
        smtpStack(settings) { responder() }
    }
}

struct WritingAResponderTests {
    @Test func `a mailbox may be full`() {
        let settings = SessionSettings()
        var smtp = Loopback { _ in
            smtpStack(settings) { FullMailbox() }
        }
        smtp.send("HELO me\r\nMAIL FROM:<>\r\nRCPT TO:<you@full.example>\r\n")
        #expect(smtp.takeOutput().hasSuffix("452 4.2.2 Mailbox full\r\n"))
    }

    @Test func `a sender that is not known tries again`() {
        let list = Greylist()
        for code in ["451", "250"] {
            var smtp = open { Greylisting(list: list) }
            smtp.send("HELO me\r\nMAIL FROM:<>\r\n")
            _ = smtp.takeOutput()
            smtp.send("RCPT TO:<you@example.org>\r\n")
            #expect(smtp.takeOutput().hasPrefix(code))
        }
    }

    @Test func `each recipient costs a second more`() {
        var smtp = open { Tarpit() }
        smtp.send("HELO me\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.org>\r\n")
        _ = smtp.takeOutput()
        smtp.send("RCPT TO:<b@example.org>\r\nRCPT TO:<c@example.org>\r\n")
        #expect(smtp.takeOutput() == "")
        smtp.advance(by: .seconds(1))
        #expect(smtp.takeOutput() == "250 2.1.5 OK, done\r\n")
        smtp.advance(by: .seconds(2))
        #expect(smtp.takeOutput() == "250 2.1.5 OK, done\r\n")
    }

    @Test func `a text is made at run time`() {
        var smtp = open { Hesitant() }
        smtp.send("HELO me\r\n")
        _ = smtp.takeOutput()
        for reply in ["450 4.7.1 That was attempt 1", "450 4.7.1 That was attempt 2", "250"] {
            smtp.send("MAIL FROM:<>\r\n")
            #expect(smtp.takeOutput().hasPrefix(reply))
        }
    }

    @Test(arguments: [("\r\n\r\n", "554"), ("x\r\n", "250")])
    func `content is looked at where it is wanted`(content: String, code: String) {
        var smtp = open { NoEmptyMail() }
        smtp.send("HELO me\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.org>\r\nDATA\r\n")
        _ = smtp.takeOutput()
        smtp.send(content + ".\r\n", inPiecesOf: 1)
        #expect(smtp.takeOutput().hasPrefix(code))
    }

    @Test func `a command of one's own is announced and taken`() {
        let settings = SessionSettings(keywords: .standard.adding("XCLIENT", "NAME ADDR"))
        var smtp = open(settings) { WithXClient() }
        _ = smtp.takeOutput()
        smtp.send("EHLO me\r\n")
        #expect(smtp.takeOutput().contains("XCLIENT NAME ADDR"))
        smtp.send("XCLIENT NAME=you\r\n")
        #expect(smtp.takeOutput().hasPrefix("220 localhost"))
    }

    @Test(arguments: [("AG1lAHNlY3JldA==", "235"), ("AG1lAHdyb25n", "535")])
    func `only who knows the password logs in`(response: String, code: String) {
        let settings = SessionSettings(authentication: .offered)
        var smtp = Loopback { _ in
            smtpStack(settings) { Doorkeeper() }
        }
        smtp.send("EHLO me\r\n")
        _ = smtp.takeOutput()
        smtp.send("AUTH PLAIN \(response)\r\n")
        #expect(smtp.takeOutput().hasPrefix(code))
    }

    @Test(
        .enabled(if: Tool.has("curl")),
        arguments: [
            ("me:secret", ["AUTH=PLAIN"], 0), ("me:secret", ["AUTH=LOGIN"], 0),
            ("me:secret", ["AUTH=CRAM-MD5"], 0), ("me:secret", [], 0), ("me:wrong", [], 67),
            ("me:wrong", ["AUTH=CRAM-MD5"], 67), ("you:secret", ["AUTH=PLAIN"], 67),
            ("me:", ["AUTH=XOAUTH2", "secret"], 0), ("me:", ["AUTH=OAUTHBEARER", "secret"], 0),
            ("me:", ["AUTH=XOAUTH2", "wrong"], 67), ("me:", ["AUTH=OAUTHBEARER", "wrong"], 67),
        ])
    func `curl logs in by every mechanism`(
        user: String, login: [String], code: Int32
    ) async throws {
        let loops = try EventLoops(count: 1)
        let settings = SessionSettings(
            authentication: .offered, mechanisms: SASLMechanism.allCases)
        let address = try loops.listen(on: .loopback()) { _ in
            smtpStack(settings) { Doorkeeper() }
        }
        defer { loops.stop() }
        let options = zip(["--login-options", "--oauth2-bearer"], login).flatMap { [$0, $1] }
        for initial in [[], ["--sasl-ir"]] {
            let tool = try await Tool.run(
                [
                    "curl", "-sS", "smtp://\(address)", "--user", user, "--mail-from",
                    "me@example.org", "--mail-rcpt", "you@example.org", "-T", "/etc/hostname",
                ] + options + initial)
            #expect(tool.code == code, "\(tool.output)")
        }
    }

    @Test func `a token is taken where the settings say so`() {
        let settings = SessionSettings(
            authentication: .offered, mechanisms: [.oauthBearer, .xoauth2, .plain])
        var smtp = open(settings) { Doorkeeper() }
        smtp.send("EHLO me\r\n")
        #expect(smtp.takeOutput().contains("AUTH OAUTHBEARER XOAUTH2 PLAIN"))
    }

    // In a process of its own: the lookup needs a thread of Swift's pool.
    @Test func `a subscriber is looked up`() async {
        await #expect(processExitsWith: .success) {
            let loops = try EventLoops(count: 1)
            let settings = SessionSettings()
            let subscribed = Subscribed(subscriptions: Subscriptions())
            let address = try loops.listen(on: .loopback()) { _ in
                smtpStack(settings) { Awaiting(subscribed, within: .seconds(10)) }
            }
            let heard = try await aside {
                defer { loops.stop() }
                let client = try Client(to: address)
                try client.send(
                    "HELO me\r\nMAIL FROM:<>\r\nRCPT TO:<gone@list.example>\r\nRCPT TO:<a@b>\r\nQUIT\r\n"
                )
                return try client.receiveToEnd().split(separator: "\r\n").map { $0.prefix(3) }
            }
            #expect(heard == ["220", "250", "250", "550", "250", "221"])
        }
    }

    @Test func `a fake listens`() throws {
        let loops = try EventLoops(count: 1)
        let settings = SessionSettings()
        let address = try loops.listen(on: .loopback()) { _ in
            smtpStack(settings) { FullMailbox() }
        }
        print("listening on", address)
        #expect(loops[.messages] == 0)
        loops.stop()
    }
}
