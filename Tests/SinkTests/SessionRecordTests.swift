import Pipeline
import SMTP
import Sink
import Synchronization
import Testing

struct SessionRecordTests {
    /// The log of a session in which the client says `lines`.
    private func log(of lines: [String], security: Security = .none) -> [String] {
        let log = Lines()
        var smtp = Loopback { peer in
            let record = SessionRecord(of: peer) { log.append($0) }
            return ConnectionRecorder(record) {
                LineFraming {
                    DataDiscard {
                        ObservedSession(record) {
                            Session(SessionSettings(), security: security, Accept())
                        }
                    }
                }
            }
        }
        for line in lines {
            smtp.send(line + "\r\n")
            smtp.advance(by: .milliseconds(250))
        }
        smtp.end()
        return log.all
    }

    @Test func `a session is told line by line, and in a summary`() {
        let log = log(of: [
            "EHLO client.example", "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA",
            "Subject: x\r\n\r\nHello\r\n.", "BOGUS", "QUIT",
        ])
        let said = log.map { $0.drop { $0 != " " }.dropFirst().drop { $0 != " " }.dropFirst() }
        #expect(said.contains("C: EHLO client.example"))
        #expect(said.contains { $0.hasPrefix("S: 250-localhost") })
        #expect(said.contains("C: RCPT TO:<c@d>"))
        #expect(said.contains("C: (21 octets of content)"))
        #expect(!log.contains { $0.contains("Hello") })
        let summary = said.last.map(String.init) ?? ""
        #expect(summary.hasPrefix("-- over: peer "))
        #expect(
            summary.hasSuffix(
                ", no TLS, helo client.example, 1 message, 1 recipient, 21 octets, "
                    + "codes 220 250×4 354 500 221, 1.000 seconds"))
    }

    @Test func `chunks are one message`() {
        let log = log(of: [
            "HELO x", "MAIL FROM:<>", "RCPT TO:<a@b>", "RCPT TO:<c@d>", "BDAT 4\r\nab",
            "BDAT 2 LAST", "", "QUIT",
        ])
        #expect(log.last?.contains(", 1 message, 2 recipients, 6 octets, ") == true)
    }

    @Test func `a long line is cut`() {
        let log = log(of: ["NOOP " + String(repeating: "x", count: 1_000)])
        #expect(log.contains { $0.hasSuffix("xx…") && $0.utf8.count < 600 })
    }

    @Test func `a line that is too long is told as such`() {
        let log = log(of: [String(repeating: "x", count: 20_000), "NOOP"])
        #expect(log.contains { $0.hasSuffix("C: (a line that is too long)") })
    }
}

/// Lines that somebody has said, from any thread.
final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    func append(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }
}

struct RatesTests {
    private func totals(_ messages: UInt64, refused: UInt64 = 0) -> Totals {
        var totals = Totals()
        totals.messages = messages
        totals.refused = refused
        totals.connections = messages
        totals.octets = messages * 10
        totals.open = 1
        return totals
    }

    @Test func `no traffic is no line`() {
        var rates = Rates()
        #expect(rates.line(Totals(), after: .seconds(60)) == nil)
        #expect(rates.line(totals(5), after: .seconds(60)) != nil)
        #expect(rates.line(totals(5), after: .seconds(60)) == nil)
    }

    @Test func `rates are of the time since the last line`() {
        var rates = Rates()
        _ = rates.line(totals(100), after: .seconds(60))
        #expect(
            rates.line(totals(250, refused: 3), after: .seconds(60))
                == "2.5 messages a second (150 messages, 3 refused, 150 connections, "
                + "1500 octets), 1 open")
    }

    @Test func `refusals alone are traffic`() {
        var rates = Rates()
        #expect(rates.line(totals(0, refused: 1), after: .seconds(1)) != nil)
    }

    @Test func `no time is no rate`() {
        #expect(
            totals(5).summary(after: .zero)
                == "5 connections, 5 messages, 50 octets, 0.0 messages a second for 0.0 seconds")
        #expect(totals(7).summary(after: .milliseconds(3_500)).contains("2.0 messages a second"))
    }
}
