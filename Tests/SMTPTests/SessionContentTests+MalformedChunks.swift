import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Testing

extension `The session, taking content,` {
    @Test(arguments: [
        "x", "-1", "+1", "1.0", "1,0", "0x10", "1LAST", "LAST", "FIRST 5", "99999999999999999999",
        "9223372036854775808", "000000000000000000001",
    ])
    func `closes where nobody can know how long a chunk is`(argument: String) {
        expect(
            Opening.recipient + """
                C: BDAT \(argument)
                C: QUIT
                S: 421 4.5.4 Syntax: BDAT octets [LAST]; closing connection
                X:
                """)
    }

    @Test(arguments: [
        "BDAT 6\u{1} LAST", "bdat\t6\0", "BDAT 6 \n",
        "BDAT 6" + String(repeating: " ", count: 3000),
    ])
    func `closes behind a chunk's line that is no command`(line: String) {
        for size in [1, .max] {
            var loopback = Loopback.session(.test(authentication: .afterTLS))
            loopback.send("EHLO client.example\r\n")
            _ = loopback.takeOutput()
            loopback.send("\(line)\r\nNOOP\r\n", inPiecesOf: size)
            #expect(
                loopback.takeOutput()
                    == "421 4.5.4 Syntax: BDAT octets [LAST]; closing connection\r\n")
            #expect(loopback.closing != nil)
        }
    }

    @Test(arguments: ["6 FIRST", "6 x", "6 LAST x", "6 LAST LAST", "06 é", "6 6"])
    func `skips a chunk that has a size and something else, and gives its message up`(
        argument: String
    ) {
        let responder = Scripted()
        expect(
            Opening.recipient + """
                C: BDAT 1
                C: xBDAT \(argument)
                C: QUIT
                C: BDAT 6 LAST
                C: QUIT
                C: NOOP
                S: 250 2.0.0 OK, done
                S: 501 5.5.4 Syntax: BDAT octets [LAST]
                S: 503 5.5.1 Send MAIL first
                S: 250 2.0.0 OK, done
                """, .test(), responder, messages: 0)
        #expect(responder.journal.take().contains("reset x"))
    }

    @Test(arguments: refusals)
    func `says of a malformed chunk, too, why it could not come`(
        greeting: UInt16, before: String, reply: String
    ) {
        for size in [1, .max] {
            var loopback = Loopback.session(.test(), Refusing(greeting: greeting))
            loopback.send(before)
            _ = loopback.takeOutput()
            loopback.send("BDAT 6 FIRST\r\nQUIT\r\nBDAT 0 x\r\n", inPiecesOf: size)
            #expect(loopback.takeOutput() == "\(reply)\r\n\(reply)\r\n")
        }
    }
}
