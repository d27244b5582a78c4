import Sink
import Testing

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
