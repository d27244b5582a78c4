public import Testing

/// Runs a fake SMTP server for each test of a suite, or for one.
///
/// ```swift
/// @Test(.smtpServer) func mails() async throws {
///     let smtp = SMTPServer.current
///     …
/// }
/// ```
public struct SMTPServerTrait: TestTrait, SuiteTrait, TestScoping {
    let behaviors: [Behavior]

    /// Applies to the tests of a suite, each with a server of its own.
    public var isRecursive: Bool { true }

    /// Runs a test with a server.
    public func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withSMTPServer(behaviors) { server in
            try await SMTPServer.$ofTest.withValue(server) { try await function() }
        }
    }
}

extension Trait where Self == SMTPServerTrait {
    /// Gives each test a fake SMTP server of its own: ``SMTPServer/current``.
    public static func smtpServer(_ behaviors: Behavior...) -> Self {
        SMTPServerTrait(behaviors: behaviors)
    }

    /// Gives each test a fake SMTP server of its own: ``SMTPServer/current``.
    public static var smtpServer: Self { SMTPServerTrait(behaviors: []) }
}

extension SMTPServer {
    @TaskLocal static var ofTest: SMTPServer?

    /// The server of the test that runs; without the trait `.smtpServer`, a programmer's mistake.
    public static var current: SMTPServer {
        guard let server = ofTest else {
            preconditionFailure("this test has no server: it lacks the trait .smtpServer")
        }
        return server
    }
}
