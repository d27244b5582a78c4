import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

@Suite struct `The whole onion` {
    static let sessions: [StaticString] = [
        """
        EHLO client.example\r
        MAIL FROM:<a@a.example> SIZE=20 BODY=8BITMIME\r
        RCPT TO:<b@b.example>\r
        RCPT TO:<c@c.example> NOTIFY=NEVER\r
        DATA\r
        Subject: x\r
        \r
        ..\r
        .\r
        QUIT\r\n
        """,
        "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\nDATA\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n",
        "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\nDATA\r\na\n.\n\r\n.\r\r\n\r.\r\n.\r\nNOOP\r\nQUIT\r\n",
        "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\nBDAT 7\r\n.\r\nQUITBDAT 0\r\nBDAT 3 LAST\r\n\r\n.NOOP\r\n",
        "BDAT 6\r\nQUIT\r\nHELO x\r\nBDAT 4 LAST\r\nQUITMAIL FROM:<>\r\nDATA\r\nBDAT 2\r\n\r\nRSET\r\n",
        "\r\n\n\r\nNO\0OP\r\n\r\r\nNOOP\r\nnoop ÿ\r\nWHAT\r\nQUIT now\r\nHELP\r\nVRFY x\r\n",
        "HELO x\r\nNOOP aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\r\n\n\rb\r\nNOOP\r\n",
        "HELO x\r\n?\r\n?\r\n?\r\n?\r\n?\r\n?\r\nNOOP\r\n",
        "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\nDATA\r\nA line that is above the limit of this message\r\nand one more\r\n.\r\nNOOP\r\n",
        "EHLO x\r\nMAIL FROM:<> BODY=BINARYMIME\r\nRCPT TO:<b@b>\r\nDATA\r\nBDAT 41\r\n0123456789012345678901234567890123456789\0BDAT 1 LAST\r\nxRSET\r\n",
        "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\nBDAT x\r\nNOOP\r\n",
        "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\nDATA\r\nno end\r\n.",
    ]

    struct Outcome: Equatable, CustomStringConvertible {
        var output: [UInt8]
        var closing: LoopbackClosing?
        var counts: [UInt64]
        var kept: Int
        var notes: [String]

        var description: String {
            "\(output.debugText)\n\(String(describing: closing)) \(counts) \(kept)\n\(notes)"
        }
    }

    static func run(_ pieces: [[UInt8]], maximumOutputBytes: Int = 1 << 16) -> Outcome {
        let settings = SessionSettings.test {
            $0.maximumLineLength = 64
            $0.maximumMessageSize = 40
            $0.maximumErrorsInRow = 5
        }
        let responder = Scripted()
        var limits = LoopLimits()
        limits.maximumOutputBytes = maximumOutputBytes
        var loopback = Loopback.session(settings, responder, loop: limits)
        for piece in pieces { loopback.send(piece) }
        return Outcome(
            output: loopback.takeBytes(), closing: loopback.closing,
            counts: loopback.messages
                + [loopback.counters[.messagesRefused], loopback.counters[.commandErrors]],
            kept: loopback.closing == nil ? loopback.keptBytes : 0,
            // What is given up depends on the cut where it was over the limit.
            // The peer's part of a close comes when it comes.
            notes: responder.journal.take().filter { $0 != "closed" }
                .map { $0.hasPrefix("reset") ? "reset" : $0 })
    }

    @Test(arguments: sessions.indices)
    func `says the same however the input is cut`(index: Int) {
        let input = [UInt8](Self.sessions[index])
        let whole = Verifier.check(input) { Self.run($0) }
        #expect(!whole.output.isEmpty)
        Verifier.check(input + input) { Self.run($0).output }
        // And however the output is.
        for room in [1, 64, 300] { #expect(Self.run([input], maximumOutputBytes: room) == whole) }
    }

    @Test func `gives the same ids for the same seed`() {
        let message = "HELO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@b>\r\nDATA\r\n.\r\n"
        let replies = ([1, 1, 2] as [UInt64]).map { seed in
            var loopback = Loopback.session(seed: seed)
            loopback.send(message)
            return loopback.takeOutput()
        }
        #expect(replies[0] == replies[1] && replies[0] != replies[2])
    }

    @Test func `gives each message an id of 12 characters`() {
        var loopback = Loopback.session()
        loopback.send("HELO x\r\n")
        _ = loopback.takeOutput()
        var ids: Set<Substring> = []
        for _ in 0..<200 {
            loopback.send("MAIL FROM:<>\r\nRCPT TO:<b@b>\r\nDATA\r\n.\r\n")
            let reply = loopback.takeOutput().split(separator: "\r\n").last ?? ""
            let start = "250 2.0.0 OK, done; queued as "
            #expect(reply.hasPrefix(start))
            let id = reply.dropFirst(start.count)
            #expect(id.count == 12 && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
            ids.insert(id)
        }
        #expect(ids.count == 200)
    }
}
