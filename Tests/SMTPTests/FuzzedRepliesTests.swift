import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Synchronization
import Testing

@Suite struct `Replies that are fuzzed` {
    /// What a session's lock-step client hears of each command, and what was reported.
    private struct Course: Equatable {
        var heard: [[UInt8]] = []
        var report: [String] = []
        var closing: LoopbackClosing?
    }

    private static let commands = [
        "EHLO me\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n", "DATA\r\n", "x\r\n.\r\n",
        "QUIT\r\n",
    ]

    private func open(seed: UInt64, session: Int, _ journal: Journal) -> Loopback {
        Loopback { _ in
            LineFraming {
                DataDiscard {
                    FuzzedReplies(seed: seed, session: session) {
                        journal.note("\($0)")
                    } _: {
                        SMTPSession(.test(), BlackHole())
                    }
                }
            }
        }
    }

    /// Plays an ordinary session, a minute for each reply.
    private func course(seed: UInt64, session: Int) -> Course {
        let journal = Journal()
        var loopback = open(seed: seed, session: session, journal)
        var course = Course()
        for command in [""] + Self.commands {
            loopback.send(command)
            loopback.advance(by: .seconds(60))
            course.heard.append(loopback.takeBytes())
        }
        course.closing = loopback.closing
        loopback.reset()
        course.report = journal.entries
        return course
    }

    /// What is heard where nothing goes wrong, but for the name of the message.
    private static let usual: [[UInt8]] = {
        var loopback = Loopback.session()
        return ([""] + commands).map { command in
            loopback.send(command)
            return loopback.takeBytes()
        }
    }()

    @Test func `depend on the seed and the session alone`() {
        for session in 1...50 {
            let first = course(seed: 7, session: session)
            #expect(course(seed: 7, session: session) == first)
        }
        let reports = (1...50).map { course(seed: 7, session: $0).report }
        #expect(reports != (1...50).map { course(seed: 8, session: $0).report })
        #expect(Set(reports).count > 30)
    }

    @Test func `have one that goes wrong, of every kind and at every place`() throws {
        var seen = Set<String>()
        for session in 1...2_000 {
            let course = course(seed: 1, session: session)
            let report = try #require(course.report.first)
            #expect(course.report.count == 1)
            seen.insert(report)
            let match = try #require(report.wholeMatch(of: /reply ([1-7]): (.+)/))
            let place = try #require(Int(match.1)) - 1
            // What came before is as ever.
            for index in 0..<place where index != 5 {
                #expect(course.heard[index] == Self.usual[index], "\(report)")
            }
            let mutation = try #require(ReplyMutation(rawValue: String(match.2)))
            check(mutation, course, place)
        }
        #expect(seen.count == 7 * ReplyMutation.allCases.count)
    }

    private func check(_ mutation: ReplyMutation, _ course: Course, _ place: Int) {
        let heard = course.heard[place]
        let usual = Self.usual[place]
        switch mutation {
        case .split, .dripping, .late:
            #expect(heard.count == usual.count, "\(mutation)")
            #expect(course.heard.count { !$0.isEmpty } == 7, "\(mutation)")
        case .end: #expect(heard.isEmpty && course.closing == .ended)
        case .reset: #expect(heard.isEmpty && course.closing == .reset)
        case .missing: #expect(course.heard[place...].joined().isEmpty)
        case .merged: #expect(heard.isEmpty)
        case .cutAndReset:
            #expect(heard.count < usual.count && course.closing == .reset, "\(mutation)")
        case .cut:
            #expect(heard.count < usual.count && course.closing == .ended, "\(mutation)")
        case .onlyJunk, .noEnd: #expect(course.closing == .ended)
        default: #expect(heard != usual && !heard.isEmpty, "\(mutation)")
        }
        if mutation == .overlong { #expect(heard.count > 512) }
        if mutation == .twice { #expect(heard.count == 2 * usual.count) }
        if mutation == .bareLF { #expect(!heard.contains(0x0D)) }
    }

    @Test func `may be out of reach of a short session`() {
        let journal = Journal()
        for session in 1...100 {
            var loopback = open(seed: 3, session: session, journal)
            loopback.reset()
        }
        let untouched = journal.entries.count {
            $0 == "ended after 1 replies, none of them changed"
        }
        #expect(journal.entries.count == 100)
        #expect((60...95).contains(untouched))
    }

    @Test func `keep their order where commands are pipelined`() {
        for session in 1...300 {
            let journal = Journal()
            var loopback = open(seed: 5, session: session, journal)
            loopback.send(Self.commands.joined())
            loopback.advance(by: .seconds(60))
            let bytes = loopback.takeBytes()
            guard journal.entries == ["reply 1: late"] || journal.entries == ["reply 4: split"]
            else { continue }
            let codes = ScriptedDialogue.serverLines(bytes).filter { $0.dropFirst(6).first == " " }
            #expect(
                codes.map { $0.dropFirst(3).prefix(3) }
                    == ["220", "250", "250", "250", "354", "250", "221"])
        }
    }

    @Test func `end when the server stops`() {
        for session in 1...100 {
            var loopback = open(seed: 9, session: session, Journal())
            loopback.send("EHLO me\r\n")
            loopback.stop(grace: .seconds(5))
            loopback.advance(by: .seconds(10))
            #expect(loopback.connectionCount == 0 || loopback.closing != nil)
        }
    }
}
