public import BlackholePipeline

/// Runs a fake SMTP server for as long as the body runs.
///
/// ```swift
/// try await withSMTPServer { smtp in
///     try await send(to: smtp.port)
///     let message = try await smtp.first(to: "you@example.org")
///     #expect(message["Subject"] == "Hello")
/// }
/// ```
///
/// It listens before the body begins, on a port of its own, and is stopped when the body returns or
/// throws. Hundreds may run at once: they share a small pool of event loops.
///
/// Where the body throws or an expectation fails in it, what was said on every connection is attached to
/// the test of Swift Testing that runs, as `smtp-transcript.txt`.
///
/// - Parameters:
///   - behaviors: how it differs from a black hole that takes everything.
///   - loops: the event loops that it runs on, which go on when it stops; nil for the shared pool.
///   - isolation: the actor that the body runs on: the caller's.
///   - body: what the server runs for.
/// - Throws: what ``SMTPServer/finish()`` throws: a client that departs from its script is why a test
///   fails, even where the body has thrown, of which ``ScriptFailure/bodyError`` tells; otherwise what
///   the body throws; what ``SMTPServer/init(_:port:on:)`` throws.
@discardableResult
public func withSMTPServer<Result>(
    _ behaviors: Behavior..., on loops: EventLoops? = nil,
    isolation: isolated (any Actor)? = #isolation, _ body: (SMTPServer) async throws -> Result
) async throws -> Result {
    try await withSMTPServer(behaviors, on: loops, isolation: isolation, body)
}

/// Runs a server for as long as the body runs: the one place that says what that means.
@discardableResult
func withSMTPServer<Result>(
    _ behaviors: [Behavior], on loops: EventLoops? = nil,
    isolation: isolated (any Actor)? = #isolation, _ body: (SMTPServer) async throws -> Result
) async throws -> Result {
    let server = try SMTPServer(behaviors, on: loops)
    return try await server.reporting {
        let result: Result
        do {
            result = try await body(server)
        } catch {
            await server.stop()
            throw server.scriptFailure?.with(bodyError: error) ?? error
        }
        try await server.finish()
        return result
    }
}
