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
    @TaskLocal package static var attach: @Sendable (String, SourceLocation) -> Void = {
        Attachment.record($0, named: "smtp-transcript.txt", sourceLocation: $1)
    }

    /// Runs a body, and attaches a report to the test that runs, where the body has thrown or an
    /// expectation has failed meanwhile.
    func reporting<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        guard let test = Test.current else { return try await body() }
        let hasFailed = Atomic(false)
        // It is called once, and whoever has called this waits meanwhile: nothing is shared.
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
        SMTPServer.attach(report, test.sourceLocation)
    }
}
