import BlackholePipeline
import SMTPLoad
import Testing

@Suite struct `A dialogue` {
    private let ehlo = "EHLO smtp-load.example\r\n"
    private let mail = "MAIL FROM:<smtp-load@example.org>\r\n"
    private let rcpt = "RCPT TO:<recipient@example.org>\r\n"
    private let ok = "250 OK\r\n"

    @Test func `goes in lock-step, one command for one reply`() {
        let session = PlayedSession(Script(.lockStep, recipients: 2, size: 4))
        #expect(session.say("220 hi\r\n") == ehlo)
        #expect(session.say("250-hi\r\n") == "")
        #expect(session.say("250 SIZE\r\n") == mail)
        #expect(session.say(ok) == rcpt)
        #expect(session.say(ok) == rcpt)
        #expect(session.say(ok) == "DATA\r\n")
        #expect(session.say("354 go\r\n") == "ab\r\n.\r\n")
        #expect(session.say(ok) == "QUIT\r\n")
        #expect(session.say("221 bye\r\n") == "")
        #expect(session.isOpen)
        session.loopback.end()
        #expect(!session.isOpen)
        #expect(session.tally { $0.messages } == 1)
        #expect(session.tally { $0.sessions } == 1)
        #expect(session.tally { $0.failuresInAll } == 0)
        #expect(session.tally { $0.replies(250) } == 5)
        #expect(session.tally { $0.replyLatency.count } == 7)
        #expect(session.tally { $0.connectLatency.count } == 1)
    }

    @Test func `sends a group of commands at once, and the content when it may`() {
        let session = PlayedSession(Script(.pipelined, recipients: 2, size: 4), messages: 2)
        session.greet()
        #expect(session.output == mail + rcpt + rcpt + "DATA\r\n")
        #expect(session.say(ok + ok) == "")
        #expect(session.say(ok + "354 go\r\n") == "ab\r\n.\r\n")
        #expect(session.say(ok) == mail + rcpt + rcpt + "DATA\r\n")
        #expect(session.say(ok + ok + ok + "354 go\r\n") == "ab\r\n.\r\n")
        #expect(session.say(ok) == "QUIT\r\n")
        #expect(session.tally { $0.messages } == 2)
    }

    @Test func `sends all at once by BDAT`() {
        let session = PlayedSession(Script(.bdat, size: 4))
        session.greet()
        #expect(session.output == mail + rcpt + "BDAT 4 LAST\r\nab\r\n")
        #expect(session.say(ok + ok + ok) == "QUIT\r\n")
        #expect(session.tally { $0.messages } == 1)
    }

    @Test(arguments: [Shape.lockStep, .pipelined, .bdat])
    func `sends a large content as it is taken`(shape: Shape) {
        let session = PlayedSession(Script(shape, size: 300_000))
        session.loopback.limitWindow(to: 50_000)
        session.greet()
        if shape == .lockStep { session.say(ok + ok + "354 go\r\n") }
        if shape == .pipelined { session.say(ok + ok + "354 go\r\n") }
        var bytes = session.output.utf8.count
        while true {
            // No more is kept than one buffer.
            #expect(session.loopback.keptBytes < 80_000)
            session.loopback.read(10_000)
            let more = session.loopback.takeOutput().utf8.count
            if more == 0 { break }
            bytes += more
        }
        #expect(bytes > 300_000)
        #expect(session.say(shape == .bdat ? ok + ok + ok : ok).hasSuffix("QUIT\r\n"))
        #expect(session.tally { $0.messages } == 1)
    }

    @Test func `gives a message up that is refused, and goes on with the next`() {
        let session = PlayedSession(Script(.lockStep, size: 4), messages: 2)
        session.greet()
        #expect(session.say(ok) == rcpt)
        #expect(session.say("550 5.1.1 nobody\r\n") == "RSET\r\n")
        #expect(session.say(ok) == mail)
        session.say(ok)
        session.say(ok)
        session.say("354 go\r\n")
        #expect(session.say(ok) == "QUIT\r\n")
        #expect(session.tally { $0.messages } == 1)
        #expect(session.tally { $0.begun } == 2)
        #expect(session.tally { $0[.reply] } == 1)
        #expect(session.tally { $0.first(.reply) } == "550 5.1.1 nobody")
    }

    @Test func `counts one failure for a message, however many replies refuse it`() {
        let session = PlayedSession(Script(.pipelined, recipients: 2, size: 4))
        session.greet()
        #expect(session.say("550 a\r\n503 b\r\n503 c\r\n") == "")
        #expect(session.say("503 d\r\n") == "RSET\r\n")
        #expect(session.tally { $0[.reply] } == 1)
        #expect(session.tally { $0.first(.reply) } == "550 a")
    }

    @Test func `says the content that a 354 asks for, though a recipient was refused`() {
        let session = PlayedSession(Script(.pipelined, recipients: 2, size: 4))
        session.greet()
        #expect(session.say(ok + ok + "550 no\r\n354 go\r\n") == "ab\r\n.\r\n")
        #expect(session.say(ok) == "QUIT\r\n")
        #expect(session.tally { $0.messages } == 0)
        #expect(session.tally { $0[.reply] } == 1)
    }

    @Test(arguments: ["421 4.3.2 later\r\n", "554 no\r\n", "HTTP/1.1 400 Bad Request\r\n"])
    func `ends where there is nothing to be had`(greeting: String) {
        let session = PlayedSession(Script(.lockStep))
        #expect(session.say(greeting) == "")
        #expect(!session.isOpen)
        #expect(session.tally { $0[.reply] } >= 1)
        #expect(session.tally { $0.sessions } == 0)
    }

    @Test func `counts a connection that ends or breaks as broken, once`() {
        let ended = PlayedSession(Script(.lockStep))
        ended.greet()
        ended.loopback.end()
        #expect(ended.tally { $0.first(.reset) } == "the server closed the connection behind MAIL")
        let reset = PlayedSession(Script(.lockStep))
        reset.greet()
        reset.loopback.reset()
        #expect(reset.tally { $0.first(.reset) } == "the connection broke behind MAIL")
    }

    @Test func `waits for a reply no longer than it is told`() {
        let session = PlayedSession(Script(.lockStep))
        session.greet()
        session.loopback.advance(by: .seconds(59))
        #expect(session.isOpen)
        session.loopback.advance(by: .seconds(2))
        #expect(!session.isOpen)
        #expect(session.tally { $0.first(.timeout) } == "no reply in time behind MAIL")
    }

    @Test func `begins a message when it is due`() {
        let session = PlayedSession(
            Script(.lockStep, size: 4), messages: 2, schedule: Schedule(rate: 10))
        session.greet()
        #expect(session.output == mail)
        session.say(ok + ok)
        session.say("354 go\r\n")
        #expect(session.say(ok) == "")
        session.loopback.advance(by: .milliseconds(99))
        #expect(session.loopback.takeOutput() == "")
        session.loopback.advance(by: .milliseconds(1))
        #expect(session.loopback.takeOutput() == mail)
    }
}

/// A dialogue over a loopback; the test is the server.
private final class PlayedSession {
    var loopback: Loopback
    private let owner: WorkerOwner
    /// What the dialogue said last.
    private(set) var output = ""

    init(_ script: Script, messages: Int = 1, schedule: Schedule? = nil) {
        let assignment = Assignment(script, target: .loopback(port: 25))
        var worker = Worker(
            assignment, MessageSource(messages: messages, seconds: nil, schedule: schedule))
        worker.begin(with: 1)
        let pointer = WorkerPointer(worker)
        owner = WorkerOwner(pointer)
        loopback = Loopback { _ in LoadDialogue(pointer) }
    }

    var isOpen: Bool { loopback.connectionCount == 1 }

    /// The server says something.
    ///
    /// - Returns: what the dialogue says then.
    @discardableResult
    func say(_ text: String) -> String {
        loopback.send(text)
        output = loopback.takeOutput()
        return output
    }

    func greet() {
        say("220 hi\r\n")
        say("250 hi\r\n")
    }

    func tally<Value>(_ body: (borrowing Tally) -> Value) -> Value {
        body(owner.worker.pointer.pointee.tally)
    }
}

/// Frees a worker, behind the loopback that uses it to its end.
private final class WorkerOwner {
    let worker: WorkerPointer

    init(_ worker: WorkerPointer) {
        self.worker = worker
    }

    deinit {
        worker.free()
    }
}
