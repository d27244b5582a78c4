/// Runs a fake SMTP server for as long as the body runs.
///
/// ```swift
/// try await withSMTPServer { smtp in
///     try await send(to: smtp.port)
///     let message = try await smtp.first(to: "you@example.org", within: .seconds(5))
///     #expect(message["Subject"] == "Hello")
/// }
/// ```
///
/// It listens before the body begins, on a port of its own, and is stopped when the body returns or
/// throws. Hundreds may run at once: they share a small pool of event loops.
///
/// - Parameters:
///   - behaviours: how it differs from a black hole that takes everything.
///   - isolation: the actor that the body runs on: the caller's.
///   - body: what the server runs for.
public func withSMTPServer<Result>(
    _ behaviours: Behaviour..., isolation: isolated (any Actor)? = #isolation,
    _ body: (SMTPServer) async throws -> Result
) async throws -> Result {
    try await withSMTPServer(behaviours, isolation: isolation, body)
}

/// Runs a server for as long as the body runs: the one place that says what that means.
func withSMTPServer<Result>(
    _ behaviours: [Behaviour], isolation: isolated (any Actor)? = #isolation,
    _ body: (SMTPServer) async throws -> Result
) async throws -> Result {
    let server = try SMTPServer(behaviours)
    do {
        let result = try await body(server)
        await server.stop()
        return result
    } catch {
        await server.stop()
        throw error
    }
}
