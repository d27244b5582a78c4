import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import Testing

/// What a session draws, by its seed and the number of its connection.
struct SeededSessionTests {
    private static let policy = ModeSettings(.random) {
        $0.delay = DelayRange(.zero, .seconds(10))
        $0.bounceCodes = [.localError, .mailboxUnavailable]
    }

    /// The replies to 20 messages, and when they came, to the millisecond.
    private func replies(
        seed: UInt64 = 1, connection: UInt64 = 0, isSecured: Bool = false, loop: UInt64 = 1
    ) -> [String] {
        let stacks = SinkStacks(Self.policy, seed: seed)
        var loopback = Loopback(seed: loop) { _ in
            LineFraming {
                DataDiscard {
                    SeededSession(seed: seed, connection: connection, isSecured: isSecured) {
                        SMTPSession(SessionSettings(), stacks.unswitched())
                    }
                }
            }
        }
        loopback.send("EHLO x\r\n")
        var replies: [String] = []
        for _ in 0..<20 {
            loopback.send(Way.data.lines(["x"]).map { $0 + "\r\n" }.joined())
            _ = loopback.takeOutput()
            var milliseconds = 0
            while milliseconds <= 10_000 {
                loopback.advance(by: .milliseconds(1))
                milliseconds += 1
                let reply = loopback.takeOutput()
                guard reply.isEmpty else {
                    replies.append("\(milliseconds) \(reply)")
                    break
                }
            }
        }
        return replies
    }

    @Test func `codes, delays and names are those of the seed, whatever the loop has drawn`() {
        let first = replies()
        #expect(first.count == 20)
        #expect(Set(first).count == 20)
        #expect(replies(loop: 99) == first)
    }

    @Test func `the seed, the connection and the session after STARTTLS each draw their own`() {
        let all = [
            replies(), replies(seed: 2), replies(connection: 1), replies(isSecured: true),
            replies(connection: 1, isSecured: true), replies(seed: 2, connection: .max),
        ]
        #expect(Set(all).count == all.count)
    }
}
