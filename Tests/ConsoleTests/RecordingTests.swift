import BlackholeConsole
import BlackholeInbox
import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import Testing

@Suite struct `A session that is recorded` {
    @Test func `reports a message that was accepted, with its content, after its reply`() throws {
        var server = RecordedServer()
        server.say("EHLO client.example", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>")
        server.say("DATA", "Subject: Hi", "", "..dot", ".")
        let entry = try #require(server.entries.first)
        #expect(server.entries.count == 1)
        #expect(entry.sender == "a@b.example")
        #expect(entry.recipients == ["c@d.example"])
        #expect((entry.outcome, entry.stage) == (.accepted, .message))
        #expect(entry.reply.code == 250)
        #expect(entry.reply.enhanced == "2.0.0")
        #expect(server.output.contains("queued as \(entry.id)\r\n"))
        #expect(entry.hello == "client.example")
        #expect(entry.listener == ":2525")
        #expect(entry.rule == nil)
        let content = try #require(server.contents.first ?? nil)
        #expect(String(decoding: content, as: UTF8.self) == "Subject: Hi\r\n\r\n.dot\r\n")
        #expect(entry.size == content.count)
        #expect(entry.subject == "Hi")
        server.end()
        #expect(server.recorder.heldBytes == 0)
    }

    @Test func `reports a message by BDAT, and one after another`() {
        var server = RecordedServer()
        server.say("EHLO me")
        for number in 1...3 {
            server.say("MAIL FROM:<a@b.example>", "RCPT TO:<to\(number)@d.example>")
            server.send("BDAT 3\r\nabcBDAT 2 LAST\r\nde")
        }
        #expect(server.entries.map(\.recipients) == (1...3).map { ["to\($0)@d.example"] })
        #expect(server.contents == Array(repeating: Array("abcde".utf8), count: 3))
    }

    @Test func `reports a refusal at MAIL with the rule that answered`() {
        var server = RecordedServer("spam: mail from=*@spam.example -> 550 5.7.1 No spam")
        server.say("EHLO me", "MAIL FROM:<x@spam.example>")
        #expect(server.entries.count == 1)
        let entry = server.entries.first
        #expect(entry?.outcome == .refused)
        #expect(entry?.stage == .sender)
        #expect(entry?.rule == "spam")
        #expect(entry?.reply == .init(550, enhanced: "5.7.1", "No spam"))
        #expect(entry?.sender == "x@spam.example")
        #expect(entry?.id.count == 12)
    }

    @Test(arguments: [["RSET"], ["DATA"], ["QUIT"], ["EHLO me"], []])
    func `reports a transaction whose recipients were all refused once`(last: [String]) {
        var server = RecordedServer("rcpt -> 450 4.2.1 Later")
        server.say("EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<one@d.example>")
        server.say("RCPT TO:<two@d.example>")
        for line in last { server.say(line) }
        server.end()
        #expect(server.entries.map(\.recipients) == [["one@d.example", "two@d.example"]])
        #expect(server.entries.map(\.outcome) == [.deferred])
        #expect(server.entries.map(\.stage) == [.recipient])
        // A rule without a name has its number.
        #expect(server.entries.map(\.rule) == ["1"])
    }

    @Test func `reports the recipients that were accepted where some were`() {
        var server = RecordedServer("rcpt to=no@d.example -> 550")
        server.say("EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<no@d.example>")
        server.say("RCPT TO:<yes@d.example>", "DATA", ".")
        #expect(server.entries.map(\.recipients) == [["yes@d.example"]])
        #expect(server.entries.map(\.outcome) == [.accepted])
    }

    @Test func `reports nothing of a transaction that was given up`() {
        var server = RecordedServer()
        server.say("EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "RSET")
        server.say("MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", "half a mess")
        server.end()
        #expect(server.entries.isEmpty)
        #expect(server.recorder.heldBytes == 0)
    }

    @Test func `reports DATA that was refused once, and the message that follows all the same`() {
        var server = RecordedServer("data first=2 -> 451")
        server.say("EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", "DATA")
        server.say("DATA", ".")
        #expect(server.entries.map(\.stage) == [.data, .message])
        #expect(server.entries.map(\.outcome) == [.deferred, .accepted])
    }

    @Test func `reports a message that a rule has answered by closing the connection`() {
        var server = RecordedServer("end: message -> close")
        server.say("EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", "x", ".")
        server.end()
        #expect(server.entries.map(\.rule) == ["end"])
        #expect(server.entries.map(\.outcome) == [.refused])
        #expect(server.entries.map(\.reply.code) == [0])
        #expect(server.sessions.last?.ending == .rule)
    }

    @Test func `reports a message when its reply is out, and not before`() {
        var server = RecordedServer("message -> wait 5s")
        server.say("EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA", "x", ".")
        #expect(server.entries.isEmpty)
        server.advance(by: .seconds(6))
        #expect(server.entries.count == 1)
        #expect(server.output.contains("queued as"))
    }

    @Test func `keeps the content that rules say, and the entry in any case`() {
        var server = RecordedServer("rcpt to=drop@d.example -> drop")
        for name in ["drop", "other"] {
            server.say("EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<\(name)@d.example>")
            server.say("DATA", "x", ".")
        }
        #expect(server.entries.count == 2)
        #expect(server.contents.map { $0 == nil } == [true, false])
        server.end()
        #expect(server.recorder.heldBytes == 0)
    }

    @Test func `loses the content that finds no room, and nothing else`() {
        var server = RecordedServer(contentBytes: 1000)
        for bytes in [2000, 10] {
            server.say("EHLO me", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA")
            server.say(String(repeating: "x", count: bytes), ".")
        }
        #expect(server.entries.map(\.outcome) == [.accepted, .accepted])
        #expect(server.entries.map(\.size) == [2002, 12])
        #expect(server.contents.map { $0?.count } == [nil, 12])
        #expect(server.recorder.lostContents == 1)
        server.end()
        #expect(server.recorder.heldBytes == 0)
    }

    @Test func `counts reports that find no room, and gives back what they held`() {
        var server = RecordedServer(capacity: 2, keepsTranscript: false)
        server.say("EHLO me")
        let mail = "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nBDAT 1 LAST\r\nx"
        server.send(String(repeating: mail, count: 5))
        #expect(server.entries.count == 2)
        #expect(server.drops == 3)
        #expect(server.recorder.heldBytes == 0)
    }

    @Test func `is reported at its beginning and its end`() throws {
        var server = RecordedServer()
        #expect(server.sessions.map(\.ending) == [nil])
        server.say("EHLO me", "AUTH PLAIN AHVzZXIAc2VjcmV0", "MAIL FROM:<a@b.example>")
        server.say("RCPT TO:<c@d.example>", "DATA", "x", ".", "QUIT")
        let last = try #require(server.sessions.last)
        #expect(last.ending == .quit)
        #expect(last.closed != nil)
        #expect(last.id == server.sessions.first?.id)
        #expect(last.id == server.entries.first?.session)
        #expect(last.user == "user")
        #expect(last.hello == "me")
        #expect((last.messages, last.refused, last.bytes) == (1, 0, 3))
        let lines = last.transcript.lines.map(\.description)
        #expect(lines.contains("C: AUTH PLAIN ********"))
        #expect(lines.contains("C: MAIL FROM:<a@b.example>"))
        #expect(lines.contains { $0.hasPrefix("S: 221 ") })
        #expect(!last.transcript.description.contains("AHVzZXIAc2VjcmV0"))
    }

    @Test func `ends by its client's end, by silence, or by too many errors`() {
        var server = RecordedServer()
        server.end()
        #expect(server.sessions.last?.ending == .eof)
        server = RecordedServer()
        server.advance(by: .seconds(3600))
        #expect(server.sessions.last?.ending == .timeout)
        server = RecordedServer()
        for _ in 0..<1000 { server.say("WHAT") }
        #expect(server.sessions.last?.ending == .limit)
    }

    @Test func `has a transcript of bounded size, or none`() {
        var server = RecordedServer()
        for _ in 0..<2000 { server.say("NOOP") }
        server.end()
        let lines = server.sessions.last?.transcript.lines ?? []
        #expect(lines.count < 400)
        #expect(lines.last?.text == "(the rest is not kept)")
        server = RecordedServer(keepsTranscript: false)
        server.say("NOOP")
        server.end()
        #expect(server.sessions.last?.transcript.lines == [])
    }
}

/// A server without a socket whose sessions are recorded, and what was recorded of one.
struct RecordedServer: ~Copyable {
    let recorder: Recorder
    private var loopback: Loopback
    private(set) var output = ""
    private(set) var entries: [Entry] = []
    private(set) var contents: [[UInt8]?] = []
    private(set) var sessions: [SessionSummary] = []
    private(set) var drops = 0

    init(
        _ rules: String = "", contentBytes: Int = 1 << 20, capacity: Int = 64,
        keepsTranscript: Bool = true
    ) {
        let recorder = Recorder(loops: 1, contentBytes: contentBytes, capacity: capacity)
        self.recorder = recorder
        var set = RuleSet()
        let faults = set.read(rules, from: "rules.txt")
        precondition(faults.isEmpty, "\(faults)")
        let inForce = RulesInForce(
            RuleProgram(set.rules, Tallies(seed: 1, startup: Instant(nanoseconds: 0))))
        let settings = SessionSettings(
            hostName: "host.example", authentication: .offered)
        loopback = Loopback { peer in
            let session = RuleSession(
                inForce, RuleConnection(peer: .loopback(port: 4711), listener: ":2525"))
            let journal = SessionJournal(
                recorder, peer, session, keepsTranscript: keepsTranscript)
            return RecordedConnection(journal) {
                RuleLayer(session) {
                    LineFraming(maximumLineLength: settings.maximumFramedLineLength) {
                        DataDiscard {
                            RuleCommands(session) {
                                ObservedSession(journal) {
                                    SMTPSession(
                                        settings,
                                        RuleResponder(
                                            session, RecordedContent<NoRequests>(journal)))
                                }
                            }
                        }
                    }
                }
            }
        }
        take()
    }

    mutating func say(_ lines: String...) {
        for line in lines { send(line + "\r\n") }
    }

    mutating func send(_ text: String) {
        loopback.send(text)
        take()
    }

    mutating func advance(by time: Duration) {
        loopback.advance(by: time)
        take()
    }

    /// Ends the client's side.
    mutating func end() {
        loopback.end()
        take()
    }

    private mutating func take() {
        output += loopback.takeOutput()
        for report in recorder.take() {
            switch report {
            case .message(let entry, let content):
                entries.append(entry)
                contents.append(content)
            case .session(let session): sessions.append(session)
            case .dropped(let count): drops += count
            }
        }
    }
}
