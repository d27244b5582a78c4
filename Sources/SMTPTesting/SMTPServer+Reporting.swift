internal import BlackholeInbox
internal import Synchronization
package import Testing

extension SMTPServer {
    /// What it has received, and what was said, for who looks into why a test has failed.
    package var report: String {
        let messages = received.map { "  \($0)" }
        return
            ((messages.isEmpty ? ["received: nothing"] : ["received:"] + messages)
            + transcripts.report).joined(separator: "\n") + "\n"
    }

    /// Where a report goes: to the attachments of the test that runs.
    @TaskLocal package static var attachments = Attachments { report, location in
        Attachment.record(report, named: "smtp-transcript.txt", sourceLocation: location)
    }

    /// What takes reports; a class, since Swift 6.3.1 in release crashes where a closure is the value of a task.
    package final class Attachments: Sendable {
        let record: @Sendable (String, SourceLocation) -> Void

        package init(_ record: @escaping @Sendable (String, SourceLocation) -> Void) {
            self.record = record
        }
    }

    /// Runs a body, and attaches a report to the test that runs, where the body has thrown or an
    /// expectation has failed in it.
    func reporting<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        guard let test = Test.current else { return try await body() }
        let hasFailed = Atomic(false)
        // It is called once, while the caller waits: nothing is shared.
        nonisolated(unsafe) let body = body
        nonisolated(unsafe) var result: Swift.Result<Result, any Error>?
        let handling = IssueHandlingTrait.compactMapIssues { issue in
            if issue.isFailure { hasFailed.store(true, ordering: .relaxed) }
            return issue
        }
        try await handling.provideScope(for: test, testCase: Test.Case.current) {
            do { result = .success(try await body()) } catch { result = .failure(error) }
        }
        if case .success(let value)? = result {
            if hasFailed.load(ordering: .relaxed) { attachReport(to: test) }
            return value
        }
        attachReport(to: test)
        guard let result else { throw CancellationError() }
        return try result.get()
    }

    private func attachReport(to test: Test) {
        SMTPServer.attachments.record(report, test.sourceLocation)
    }
}
