import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

extension `LMTP` {
    @Test func `has the replies behind a late one wait`() {
        var responder = Scripted()
        responder.deliveries = [.accept, Self.no.delayed(by: .seconds(2)), .accept]
        expect(
            Self.message(to: 3) + """
                C: NOOP
                \(Opening.queued)W: 1999ms
                W: 1ms
                \(Self.full)\(Opening.queued)S: 250 2.0.0 OK, done
                """, .lmtp(), responder, messages: 1)
        responder.deliveries = Array(repeating: .accept.delayed(by: .seconds(200)), count: 2)
        expect(
            Self.message(to: 2) + "W: 200s\n\(Opening.queued)W: 200s\n\(Opening.queued)"
                + "W: 299s\nW: 1s\nS: 421 4.4.2 Timeout, closing connection\nX:", .lmtp(), responder
        )
    }

    @Test func `ends the replies where the connection ends`() {
        for (answer, end, messages) in [
            (Answer.close, "X:", 1), (.reset, "R:", 1), (Self.no.thenClose(), Self.full + "X:", 1),
            (.silence, "C: NOOP\nE:\nX:", 1),
        ] as [(Answer, String, UInt64)] {
            var responder = Scripted()
            responder.deliveries = [.accept.delayed(by: .seconds(1)), answer, .accept]
            expect(
                Self.message(to: 3) + "W: 1s\n" + (end == "R:" ? "" : Opening.queued) + end,
                .lmtp(), responder, messages: messages)
        }
    }

    @Test func `starts over amid the replies`() {
        var responder = Scripted()
        responder.deliveries = [.accept, .startOver]
        expect(
            Self.message(to: 3) + """
                \(Opening.queued)\(Self.greeting)C: MAIL FROM:<>
                S: 503 5.5.1 Send LHLO first
                """, .lmtp(), responder)
        #expect(responder.journal.take().suffix(3) == ["deliver 9 to 1 of 3", "reset", "closed"])
    }

    @Test func `finishes the replies when the server stops`() {
        var responder = Scripted()
        responder.deliveries = [.accept.delayed(by: .seconds(1)), Self.no]
        let last = `A session that is told to stop`.last
        expect(
            Self.message(to: 3)
                + "Z: 10s\nW: 1s\n\(Opening.queued)\(Self.full)\(Opening.queued)\(last)", .lmtp(),
            responder, messages: 1)
        #expect(responder.journal.take().filter { $0.hasPrefix("deliver") }.count == 3)
        expect(
            Self.message(to: 3) + "Z: 10s\nW: 1s\n" + String(3, Self.full) + last, .lmtp(),
            Scripted([.message: Self.no.delayed(by: .seconds(1))]), messages: 0)
    }
}
