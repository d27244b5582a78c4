import BlackholePipeline
import BlackholeSMTP
import BlackholeSink
import Testing

struct RatesTests {
    private func totals(_ messages: UInt64, refused: UInt64 = 0) -> Totals {
        var totals = Totals()
        totals.messages = messages
        totals.refusals = Refusals { $0 == .rcpt && $1 == 550 ? refused : 0 }
        totals.connections = messages
        totals.bytes = messages * 10
        totals.recipients = messages * 2
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
        _ = rates.line(totals(100, refused: 2), after: .seconds(60))
        #expect(
            rates.line(totals(250, refused: 5), after: .seconds(60))
                == "2.5 messages a second (150 messages, 3 refused, 150 connections, "
                + "1500 bytes), 1 open, 3 refused: rcpt 550×3")
    }

    @Test func `refusals alone are traffic`() {
        var rates = Rates()
        #expect(rates.line(totals(0, refused: 1), after: .seconds(1)) != nil)
    }

    @Test func `no time is no rate`() {
        #expect(
            totals(5).summary
                == "5 connections, 5 messages, 50 bytes, 0.0 messages a second for 0.0 seconds, "
                + "10 recipients, 0 refused")
    }

    @Test func `the final rate counts the time of traffic, and the refusals are listed`() {
        var totals = totals(7, refused: 2)
        totals.traffic = .milliseconds(3_500)
        totals.connectionsRefused = 1
        #expect(
            totals.summary.hasSuffix(
                "2.0 messages a second for 3.5 seconds, 14 recipients, 1 over a limit, "
                    + "2 refused: rcpt 550×2"))
    }

    @Test func `refusals have a line for each stage, by code`() {
        let counts: [RefusalStage: [UInt16: UInt64]] = [
            .rcpt: [450: 2, 550: 3], .connect: [421: 1], .other: [500: 1, 599: 1],
        ]
        let refusals = Refusals { counts[$0]?[$1] ?? 0 }
        #expect(
            refusals.lines == [
                "refused at connect: 1 (421×1)", "refused at rcpt: 5 (450×2, 550×3)",
                "other errors: 2 (500×1, 599×1)",
            ])
        #expect(
            refusals.text
                == "6 refused: connect 421×1, rcpt 450×2 550×3; 2 other errors: 500×1 599×1")
        #expect(refusals.since(refusals) == Refusals())
        #expect(Refusals().lines.isEmpty)
    }
}
