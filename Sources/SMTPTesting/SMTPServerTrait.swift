public import Testing

/// Runs a fake SMTP server for each test of a suite, or for one.
///
/// ```swift
/// @Test(.smtpServer) func mails() async throws {
///     let smtp = try SMTPServer.current
///     …
/// }
/// ```
///
/// It does what ``withSMTPServer(_:on:isolation:_:)`` does. A wait that fails is recorded at its line.
public struct SMTPServerTrait: TestTrait, SuiteTrait, TestScoping {
    let behaviors: [Behavior]

    /// Applies to the tests of a suite, each with a server of its own.
    public var isRecursive: Bool { true }

    /// Runs a test with a server.
    public func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        do {
            try await withSMTPServer(behaviors) { server in
                try await SMTPServer.$ofTest.withValue(server) { try await function() }
            }
        } catch {
            let location = (error as? any LocatedFailure)?.location
            guard let location = location ?? (error as? ScriptFailure)?.location else {
                throw error
            }
            Issue.record(error, sourceLocation: location.sourceLocation)
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

    /// The server of the test that runs.
    ///
    /// Tasks that are not the test's children, those of `Task.detached`, do not know it.
    ///
    /// - Throws: ``Misuse`` where the test has not the trait `.smtpServer`.
    public static var current: SMTPServer {
        get throws {
            guard let ofTest else {
                throw Misuse(
                    Flaw("this test has no server", "give it the trait .smtpServer"),
                    in: "SMTPServer.current")
            }
            return ofTest
        }
    }
}
