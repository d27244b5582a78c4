import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Foundation
import Testing

/// Clients of LMTP that others have written, over sockets.
struct LMTPClientTests {
    /// Takes mail for all recipients but every third.
    private struct EveryThird: Responder {
        mutating func deliver(
            _ message: IncomingMessage, to recipient: Int, _ context: inout Context
        ) -> Answer {
            recipient % 3 == 2 ? .reply(452, EnhancedCode(4, 2, 2), "Full") : .accept
        }
    }

    /// Runs a client against a server of its own.
    ///
    /// - Returns: what the client said and left with, and the messages and recipients counted.
    private func run(_ command: (String) -> [String]) throws -> (
        text: String, exitCode: Int32, messages: UInt64, recipients: UInt64
    ) {
        let loops = try EventLoops(count: 1)
        defer { loops.stop() }
        let settings = SessionSettings(protocol: .lmtp)
        let address = try loops.listen(on: .loopback()) { _ in
            LineFraming { DataDiscard { SMTPSession(settings, EveryThird()) } }
        }
        let words = command(String(address.port ?? 0))
        let client = try Tool.run(words[0], Array(words[1...]))
        return (client.output, client.code, loops[.messages], loops[.recipients])
    }

    @Test func `swaks hears of every recipient`() throws {
        let result = try run { port in
            [
                "swaks", "--protocol", "LMTP", "--server", "127.0.0.1", "--port", port,
                "--from", "me@example.org", "--to", "a@b.example,c@d.example", "--suppress-data",
            ]
        }
        #expect(result.exitCode == 0, "\(result.text)")
        #expect(result.text.contains(" -> LHLO "))
        #expect(result.text.split(separator: "queued as").count == 3, "\(result.text)")
        #expect(result.messages == 1 && result.recipients == 2)
    }

    @Test func `smtplib hears who did not get the message`() throws {
        // Its sendmail() takes one reply, whatever the recipients.
        let program = """
            import smtplib, sys
            client = smtplib.LMTP('127.0.0.1', int(sys.argv[1]))
            client.sendmail('', ['a@a'], 'Subject: x\\n\\nHi')
            client.mail('')
            for name in 'abcd': client.rcpt(name + '@b')
            print(client.data('Hi')[0], *(client.getreply() for _ in 'bcd'), sep='\\n')
            print(client.noop())
            client.quit()
            """
        let result = try run { port in ["python3", "-c", program, port] }
        let lines = result.text.split(separator: "\n")
        #expect(lines.first == "250" && lines.count == 5, "\(result.text)")
        #expect(lines.dropFirst(2).first == "(452, b'4.2.2 Full')")
        #expect(lines.last == "(250, b'2.0.0 OK, done')")
        #expect(result.exitCode == 0)
        #expect(result.messages == 2 && result.recipients == 4)
    }
}
