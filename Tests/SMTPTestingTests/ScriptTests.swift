import BlackholePipeline
import BlackholeSMTP
import SMTPTesting
import Testing

/// Scripts without a socket, with a clock that only the test moves.
struct ScriptTests {
    /// Opens a connection on which a fake plays its scripts.
    private func open(_ fake: Fake) -> Loopback { Loopback { _ in fake.stack() } }

    @Test(arguments: [1, 7, 1000])
    func `a dialogue goes as it is written`(bytesAPiece: Int) throws {
        let fake = try Fake([
            .script(
                .reply("220 odd.example ESMTP"),
                .expect("EHLO *"), .reply("250-odd.example", "250 SIZE 1000"),
                .expect("MAIL FROM:*"), .reply("451 4.7.1 Greylisted"),
                .expect("QUIT"), .reply("221 Bye"))
        ])
        var smtp = open(fake)
        #expect(smtp.takeOutput() == "220 odd.example ESMTP\r\n")
        smtp.send("ehlo me\r\n", inPiecesOf: bytesAPiece)
        #expect(smtp.takeOutput() == "250-odd.example\r\n250 SIZE 1000\r\n")
        #expect(fake.played.isEmpty)
        smtp.send("MAIL FROM:<a@b.example>\r\nQUIT\r\n", inPiecesOf: bytesAPiece)
        #expect(smtp.takeOutput() == "451 4.7.1 Greylisted\r\n221 Bye\r\n")
        #expect(smtp.closing == .ended)
        #expect(fake.played.map(\.lines) == [["ehlo me", "MAIL FROM:<a@b.example>", "QUIT"]])
        #expect(fake.scriptFailure == nil)
    }

    @Test(arguments: [1, 3, 1000])
    func `content is read to its end, and lines follow at the very byte`(
        bytesAPiece: Int
    ) throws {
        let fake = try Fake([
            .script(
                .expect("DATA"), .reply("354 Go"), .expectContent, .reply("250 One"),
                .expect("BDAT 4 LAST"), .expectContent(bytes: 4), .reply("250 Two"),
                .expect("BDAT 0"), .expectContent(bytes: 0), .reply("250 None"),
                .expect(""), .send("2".utf8), .expectEnd)
        ])
        var smtp = open(fake)
        smtp.send(
            "DATA\r\n..dot\r\nNOOP\r\n.\r\nBDAT 4 LAST\r\n\r\n.\rBDAT 0\r\n\r\n",
            inPiecesOf: bytesAPiece)
        #expect(smtp.takeOutput() == "354 Go\r\n250 One\r\n250 Two\r\n250 None\r\n2")
        #expect(smtp.closing == nil)
        smtp.end()
        #expect(smtp.closing == .ended)
        let played = try #require(fake.played.first)
        let contents = played.contents.map { String(decoding: $0, as: UTF8.self) }
        #expect(contents == [".dot\r\nNOOP\r\n", "\r\n.\r", ""])
        #expect(
            played.transcript.description == """
                C: DATA
                S: 354 Go
                -: 12 bytes of content
                S: 250 One
                C: BDAT 4 LAST
                -: 4 bytes of content
                S: 250 Two
                C: BDAT 0
                -: 0 bytes of content
                S: 250 None
                C:\u{20}
                S: 2
                """)
    }

    @Test func `a wait sends what was said, and reads nothing meanwhile`() throws {
        let fake = try Fake([
            .script(
                .send("220-Wa".utf8), .wait(.seconds(400)), .send("it\r\n220 Now\r\n".utf8),
                .expect("NOOP"), .wait(.zero), .reply("250 OK"), .expectEnd)
        ])
        var smtp = open(fake)
        #expect(smtp.takeOutput() == "220-Wa")
        smtp.send("NOOP\r\n")
        smtp.advance(by: .seconds(399))
        #expect(smtp.takeOutput() == "")
        smtp.advance(by: .seconds(2))
        #expect(smtp.takeOutput() == "it\r\n220 Now\r\n250 OK\r\n")
        #expect(smtp.closing == nil)
    }

    @Test func `a line may be as long as one of AUTH`() throws {
        var limits = SMTPLimits()
        limits.maximumLineLength = 100
        for limits in [limits, SMTPLimits()] {
            let fake = try Fake([.script(.expect("AUTH PLAIN *")), .limits(limits)])
            var smtp = open(fake)
            smtp.send("AUTH PLAIN " + String(repeating: "x", count: 12_277) + "\r\n")
            #expect(fake.played.count == 1)
        }
    }

    @Test func `a reset comes behind what was said`() throws {
        let fake = try Fake([.script(.reply("220 x"), .expect("QUIT"), .reply("221 x"), .reset)])
        var smtp = open(fake)
        smtp.send("QUIT\r\n")
        #expect(smtp.takeOutput() == "220 x\r\n221 x\r\n")
        #expect(smtp.closing == .reset)
        #expect(fake.played.count == 1)
    }

    @Test func `the end is the end, whatever the client says behind it`() throws {
        let fake = try Fake([.script(.expect("A"), .reply("221 x"), .disconnect)])
        var smtp = open(fake)
        smtp.send("A\r\nB\r\n")
        smtp.send("C\r\n")
        #expect(smtp.takeOutput() == "221 x\r\n")
        #expect(fake.played.map(\.lines) == [["A"]])
        #expect(fake.scriptFailure == nil)
    }

    /// How a client leaves its script.
    struct Departure: Sendable, CustomTestStringConvertible {
        let steps: [Step]
        var says = ""
        var ends = false
        var isIdle = false
        let expected: String
        let received: String
        /// Whether it is told.
        var isTold = true

        var testDescription: String { received }
    }

    @Test(arguments: [
        Departure(
            steps: [.expect("EHLO *")], says: "HELO me\r\nQUIT\r\n",
            expected: #"a line like "EHLO *""#, received: #""HELO me""#),
        Departure(
            steps: [.expect("A"), .expect("ü*")], says: "A\r\nB\r\n",
            expected: #"a line like "ü*""#, received: #""B""#),
        Departure(
            steps: [.expect("*")], says: String(repeating: "x", count: 20_000) + "\r\n",
            expected: #"a line like "*""#, received: "a line that is too long"),
        Departure(
            steps: [.expectEnd], says: "QUIT\r\n", expected: "the end of the connection",
            received: #""QUIT""#),
        Departure(
            steps: [.expect("DATA"), .reply("354 x"), .expectContent], says: "DATA\r\n.\r",
            ends: true,
            expected: "content up to CRLF.CRLF", received: "the end of the connection",
            isTold: false),
        Departure(
            steps: [.expectContent(bytes: 3)], says: "ab", isIdle: true,
            expected: "3 bytes of content", received: "nothing for 300.0 seconds"),
        Departure(
            steps: [.expect("*")], says: "no line", ends: true, expected: #"a line like "*""#,
            received: "the end of the connection", isTold: false),
        Departure(
            steps: [.expectEnd, .reply("221 x"), .wait(.seconds(1)), .reset], isIdle: true,
            expected: "the end of the connection", received: "nothing for 300.0 seconds"),
    ])
    func `a client that departs is told what was expected`(departure: Departure) throws {
        let fake = try Fake([.script(departure.steps)])
        var smtp = open(fake)
        smtp.send(departure.says)
        if departure.ends { smtp.end() }
        if departure.isIdle {
            smtp.advance(by: .seconds(299))
            #expect(fake.scriptFailure == nil)
            smtp.advance(by: .seconds(1))
        }
        #expect(smtp.closing == .ended)
        let failure = try #require(fake.scriptFailure)
        #expect(failure.reason == .departed)
        #expect(failure.expected == departure.expected)
        #expect(failure.received == departure.received)
        let expected = departure.expected.replacing("ü", with: "??")
        let lastWords = "554 The script expects \(expected)\r\n"
        #expect(smtp.takeOutput().hasSuffix(lastWords) == departure.isTold)
        #expect(fake.played.isEmpty)
        #expect(failure.transcripts.count == 1)
        let last = failure.transcripts.first?.lines.last?.description
        #expect(last == "-: the script expects \(departure.expected)")
    }

    @Test func `every line and every piece of content gives the client its time again`() throws {
        var limits = SMTPLimits()
        limits.idle = .seconds(10)
        let fake = try Fake([
            .script(.expect("DATA"), .expectContent, .expect("*")), .limits(limits),
        ])
        var smtp = open(fake)
        for piece in ["DATA\r\n", "a", "\r\n.\r\n"] {
            smtp.advance(by: .seconds(9))
            smtp.send(piece)
        }
        // No line: it is not complete.
        smtp.advance(by: .seconds(9))
        smtp.send("NOOP")
        #expect(smtp.closing == nil)
        smtp.advance(by: .seconds(1))
        #expect(smtp.closing == .ended)
        #expect(fake.scriptFailure?.received == "nothing for 10.0 seconds")
    }

    @Test func `a client that breaks off has departed, but where its end is expected`() throws {
        for (last, isPlayed) in [(Step.expectEnd, true), (.expect("QUIT"), false)] {
            let fake = try Fake([.script(.reply("220 x"), last)])
            var smtp = open(fake)
            smtp.reset()
            #expect(fake.played.count == (isPlayed ? 1 : 0))
            #expect((fake.scriptFailure == nil) == isPlayed)
        }
    }

    @Test(arguments: [Step.expect("*"), .wait(.seconds(1_000_000)), .expectContent, .startTLS])
    func `a stop ends a script at once, and nobody has departed`(step: Step) throws {
        let fake = try Fake([.script(step)])
        var smtp = open(fake)
        smtp.stop(grace: .seconds(10))
        #expect(smtp.closing != nil)
        #expect(smtp.takeOutput() == "")
        #expect(fake.scriptFailure == nil)
        #expect(fake.played.isEmpty)
    }

    @Test func `connections take the scripts in turn, and the last goes on`() throws {
        let fake = try Fake([.script(.reply("421 1")), .script(.reply("421 2"))])
        let heard = (1...4).map { _ in
            var smtp = open(fake)
            return smtp.takeOutput()
        }
        #expect(heard == ["421 1\r\n", "421 2\r\n", "421 2\r\n", "421 2\r\n"])
    }
}
