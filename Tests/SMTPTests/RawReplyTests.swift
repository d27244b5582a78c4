import BlackholePipeline
import BlackholeSMTP
import Testing

@Suite struct `A raw reply` {
    @Test(
        arguments: [
            [], [0], Array("250 no line end".utf8), Array("250-a\r\n550 b\r\n\r\n".utf8),
            [0xFF, 0x0D, 0x00, 0x0A], [UInt8](repeating: 0x78, count: 100_000),
        ] as [[UInt8]])
    func `goes out as it is`(bytes: [UInt8]) {
        var loopback = Loopback.session(.test(), Scripted([.noop: .raw(250, bytes)]))
        _ = loopback.takeBytes()
        loopback.send("NOOP\r\n")
        #expect(loopback.takeBytes() == bytes)
        loopback.send("NOOP\r\nRSET\r\n")
        #expect(loopback.takeBytes() == bytes + Array("250 2.0.0 OK, done\r\n".utf8))
    }

    @Test func `means what its code says, not what it says`() {
        expect(
            Opening.mail + """
                C: RCPT TO:<b@b>
                S: 550 No
                C: DATA
                S: 250 Go
                C: QUIT
                C: .
                S: 354 Stop
                C: MAIL FROM:<>
                S: 250 2.1.0 OK, done
                """, .test(),
            Scripted([
                .recipient: .raw(250, "550 No\r\n".utf8), .data: .raw(354, "250 Go\r\n".utf8),
                .message: .raw(250, "354 Stop\r\n".utf8),
            ]), messages: 1)
        expect(
            Opening.recipient + """
                C: DATA
                S: 354 Go on
                C: NOOP
                S: 250 2.0.0 OK, done
                """, .test(), Scripted([.data: .raw(554, "354 Go on\r\n".utf8)]))
    }

    @Test func `may be late, and the last`() {
        let answer = Answer.raw(550, "55".utf8)
        expect(
            Opening.mail + "C: RCPT TO:<b@b>\nC: RSET\nW: 999ms\nW: 1ms\nS: 55250 2.0.0 OK, done",
            .test(), Scripted([.recipient: answer.delayed(by: .seconds(1))]))
        expect(
            "S: 22\nX:", .test(), Scripted([.connect: .raw(220, "22\r\n".utf8).thenClose()]))
    }
}
