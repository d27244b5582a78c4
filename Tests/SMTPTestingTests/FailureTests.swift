import BlackholeTestSupport
import SMTPTesting
import Synchronization
import Testing

/// What would be attached to a test.
private final class Attachments: Sendable {
    let reports = Mutex<[String]>([])

    @inline(never)
    func collect(_ body: () async throws -> Void) async throws -> [String] {
        let attachments = SMTPServer.Attachments { report, _ in
            self.reports.withLock { $0.append(report) }
        }
        try await SMTPServer.$attachments.withValue(attachments) { try await body() }
        return reports.withLock { $0 }
    }
}

@Suite struct `A failure` {
    private struct Fault: Error {}

    @Test func `of the body has a report attached`() async throws {
        let reports = try await Attachments().collect {
            await #expect(throws: Fault.self) {
                try await withSMTPServer { smtp in
                    try await smtp.mail(to: "you@example.org")
                    throw Fault()
                }
            }
        }
        #expect(reports.count == 1)
        let opening = """
            received:
              <me@example.org> to <you@example.org>, 2 bytes
            connection 1:
              S: 220 localhost
            """
        #expect(reports.first?.hasPrefix(opening) == true)
        let farewell = "221 2.0.0 Thank you for speaking to me"
        #expect(reports.first?.hasSuffix("\n  C: QUIT\n  S: \(farewell)\n") == true)
    }

    @Test func `of an expectation has a report attached`() async throws {
        let reports = try await Attachments().collect {
            let test = try #require(Test.current)
            let silencing = IssueHandlingTrait.filterIssues { _ in false }
            try await silencing.provideScope(for: test, testCase: Test.Case.current) {
                let result = try await withSMTPServer { smtp in
                    try await smtp.mail(to: "you@example.org")
                    Issue.record("this is expected")
                    return 7
                }
                #expect(result == 7)
            }
        }
        #expect(reports.count == 1)
    }

    @Test func `is none where all is well, and nothing is attached`() async throws {
        let reports = try await Attachments().collect {
            try await withSMTPServer { _ = try await $0.mail(to: "you@example.org") }
        }
        #expect(reports.isEmpty)
    }

    @Test @MainActor func `may be one of the main actor's, on which its body runs`() async throws {
        var count = 0
        try await withSMTPServer { smtp in
            MainActor.preconditionIsolated()
            count += try await smtp.mail(to: "you@example.org").count
            MainActor.preconditionIsolated()
        }
        #expect(count == 7)
    }

    @Test func `of a wait is recorded at its line by the trait`() async throws {
        let line = #line + 6
        _ = try await Attachments().collect {
            try await withKnownIssue {
                let trait = SMTPServerTrait.smtpServer(.hostName("mx.example"))
                let test = try #require(Test.current)
                try await trait.provideScope(for: test, testCase: Test.Case.current) {
                    try await SMTPServer.current.first(within: .zero)
                }
            } matching: { issue in
                issue.error is MissingMessages && issue.sourceLocation?.line == line
                    && issue.sourceLocation?.fileName == "FailureTests.swift"
            }
        }
    }

    @Test func `of anything else is thrown by the trait`() async throws {
        let test = try #require(Test.current)
        let reports = try await Attachments().collect {
            await #expect(throws: Fault.self) {
                try await SMTPServerTrait.smtpServer.provideScope(for: test, testCase: nil) {
                    throw Fault()
                }
            }
        }
        #expect(reports == ["received: nothing\nno connection was made\n"])
    }

    @Test func `is thrown where a test has no server`() {
        let misuse = #expect(throws: Misuse.self) { try SMTPServer.current }
        #expect(
            misuse?.description
                == "SMTPServer.current: this test has no server; give it the trait .smtpServer")
    }
}

@Suite struct `At its end a server` {
    private static let script = Behavior.script(.reply("220 x"), .expect("EHLO *"))

    @Test func `throws the departure from a script because of which the body has thrown`() async {
        struct Disconnected: Error {}
        let failure = await #expect(throws: ScriptFailure.self) {
            try await withSMTPServer(Self.script) { smtp in
                if try await smtp.say("HELO me").last?.hasPrefix("5") == true {
                    throw Disconnected()
                }
            }
        }
        #expect(failure?.bodyError is Disconnected)
        let opening = """
            a client departed from the script: expected a line like "EHLO *", received "HELO me"
            the test threw: Disconnected()
            connection 1:
              S: 220 x
            """
        #expect(failure?.description.hasPrefix(opening) == true)
    }

    @Test func `throws what a wait for a script has thrown, with its line`() async throws {
        let line = #line + 4
        do {
            try await withSMTPServer(Self.script) { smtp in
                try await smtp.say("HELO me")
                try await smtp.scriptPlayed()
            }
            Issue.record("nothing was thrown")
        } catch {
            let failure = error as? ScriptFailure
            #expect(failure?.location?.line == line && failure?.bodyError == nil)
            let end = #"received "HELO me" (FailureTests.swift:\#(line))"#
            #expect("\(error)".prefix { $0 != "\n" }.hasSuffix(end))
        }
    }

    @Test func `throws a departure once it is finished, and not when it is stopped`() async throws {
        let smtp = try SMTPServer(Self.script)
        try await smtp.say("HELO me")
        await smtp.stop()
        for _ in 1...2 {
            let failure = await #expect(throws: ScriptFailure.self) { try await smtp.finish() }
            #expect(failure?.reason == .departed)
        }
    }

    @Test func `throws nothing where all is well`() async throws {
        let smtp = try SMTPServer(Self.script, .script(.expectEnd))
        try await smtp.say("EHLO me")
        try await smtp.finish()
        let strict = try SMTPServer(.strict, Self.script)
        try await strict.say("EHLO me")
        try await strict.finish()
    }

    @Test func `that is strict throws what was not used`() async throws {
        let smtp = try SMTPServer(
            .at(.sender, .reply(450)), .strict, .at(.recipient, .reply(451)), .hostName("x"))
        try await smtp.mail(to: "you@example.org")
        let failure = await #expect(throws: UnusedBehaviors.self) { try await smtp.finish() }
        #expect(failure?.unused == smtp.unused)
        #expect(failure?.unused == ["behavior 3, .at(.recipient): rcpt -> 451"])
        let opening = """
            nothing came for which there was:
              behavior 3, .at(.recipient): rcpt -> 451
            connection 1:
            """
        #expect(failure?.description.hasPrefix(opening) == true)
    }

    @Test func `that is strict throws what scripts were not begun, or not played to their end`()
        async throws
    {
        let unused = await #expect(throws: UnusedBehaviors.self) {
            try await withSMTPServer(.strict, Self.script, .script(.expectEnd)) { smtp in
                try await smtp.say("EHLO me")
            }
        }
        #expect(unused?.unused == ["behavior 3, .script"])
        let smtp = try SMTPServer(.strict, Self.script)
        let client = try Client(to: smtp.address)
        #expect(try client.receive(asManyAs: "220 x") == "220 x")
        let failure = await #expect(throws: ScriptFailure.self) { try await smtp.finish() }
        #expect(failure?.reason == .stopped)
        #expect(failure?.received == #"connection 1, which is to bring a line like "EHLO *""#)
    }
}
