import BlackholePipeline
import BlackholeSMTP
import BlackholeTestSupport
import Synchronization
import Testing

/// Answers by functions that wait for the test, and notes what it was asked.
private final class Lookup: AsyncResponder {
    static let wantsContent = true
    static let verbs: [StaticString] = ["XLOOK"]

    private let state = Mutex<(notes: [String], waiting: [CheckedContinuation<Void, Never>])>(
        ([], []))
    private let isHeld: Bool

    init(isHeld: Bool = false) { self.isHeld = isHeld }

    var notes: [String] { state.withLock { $0.notes } }
    var waiting: Int { state.withLock { $0.waiting.count } }

    func release() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private func note(_ text: String) async -> Answer {
        state.withLock { $0.notes.append(text) }
        if isHeld {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    state.withLock { $0.waiting.append(continuation) }
                    if Task.isCancelled { release() }
                }
            } onCancel: {
                state.withLock { $0.notes.append("cancelled") }
                release()
            }
        } else {
            await Task.yield()
        }
        return .accept
    }

    func connect() async -> Answer { await note("connect") }
    func hello(_ name: String, isExtended: Bool) async -> Answer { await note("hello \(name)") }
    func authenticate(_ credentials: Credentials) async -> Answer {
        await note("authenticate \(credentials.user)")
    }
    func mail(from sender: String, parameters: String) async -> Answer {
        await note("mail \(sender) \(parameters)")
    }
    func recipient(_ path: String, parameters: String) async -> Answer {
        _ = await note("recipient \(path) \(parameters)")
        return path == "c@d" ? .reply(450, EnhancedCode(4, 2, 2), "Full") : .accept
    }
    func data() async -> Answer { await note("data") }
    func message(_ message: IncomingMessage, content: [UInt8]) async -> Answer {
        await note("message \(String(decoding: content, as: UTF8.self).debugDescription)")
    }
    func deliver(_ message: IncomingMessage, to recipient: Int) async -> Answer {
        await note("deliver \(recipient)")
    }
    func verify(_ argument: String) async -> Answer { await note("verify \(argument)") }
    func expand(_ argument: String) async -> Answer { await note("expand \(argument)") }
    func command(_ line: String) async -> Answer { await note("command \(line)") }
    func quit() async -> Answer { await note("quit") }
    func closed() { state.withLock { $0.notes.append("closed") } }
}

/// Serves a responder on a pool of one loop for as long as the body runs, which may block.
private func serve<Result: Sendable>(
    _ responder: Lookup, _ settings: SessionSettings = .test(authentication: .offered),
    within limit: Duration = .seconds(60),
    _ body: @escaping @Sendable (NetworkAddress, EventLoops) throws -> Result
) async throws -> Result {
    let loops = try EventLoops(count: 1)
    let address = try loops.listen(on: .loopback()) { _ in
        LineFraming(maximumLineLength: settings.maximumFramedLineLength) {
            DataDiscard { SMTPSession(settings, Awaiting(responder, within: limit)) }
        }
    }
    return try await aside {
        defer { loops.stop(grace: .zero) }
        return try body(address, loops)
    }
}

/// Says all at once, and hears until the server closes.
private func talk(to address: NetworkAddress, _ text: String) throws -> [String] {
    let client = try Client(to: address)
    try client.send(text)
    return try client.receiveToEnd().split(separator: "\r\n").map(String.init)
}

// Each in a process of its own: the tasks need a thread of Swift's pool, and tests that block have them all.
@Suite struct `An asynchronous responder` {
    @Test func `answers every stage in the order of the commands`() async {
        await #expect(processExitsWith: .success) {
            let responder = Lookup()
            let (heard, messages) = try await serve(responder) { address, loops in
                let heard = try talk(
                    to: address,
                    """
                    HELO me\r\nAUTH PLAIN AHVzZXIAc2VjcmV0\r\nMAIL FROM:<a@b> SIZE=3\r\nRCPT TO:<c@d>\r
                    RCPT TO:<e@f> NOTIFY=NEVER\r\nNOOP\r\nXlook x\r\nXOTHER\r\nVRFY v\r\nEXPN e\r\nDATA\r
                    ..x\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<e@f>\r\nBDAT 2\r\nabRSET\r\nBDAT 1 LAST\r
                    xMAIL FROM:<>\r\nRCPT TO:<e@f>\r\nBDAT 1 LAST\r\nyQUIT\r\n
                    """)
                return (heard, loops[.messages])
            }
            #expect(
                heard.map { $0.prefix(3) } == [
                    "220", "250", "235", "250", "450", "250", "250", "250", "500", "252", "252",
                    "354",
                    "250", "250", "250", "250", "250", "503", "250", "250", "250", "221",
                ])
            #expect(messages == 2)
            #expect(
                responder.notes == [
                    "connect", "hello me", "authenticate user", "mail a@b SIZE=3", "recipient c@d ",
                    "recipient e@f NOTIFY=NEVER", "command Xlook x", "verify v", "expand e", "data",
                    "message \".x\\r\\n\"", "mail  ", "recipient e@f ", "mail  ", "recipient e@f ",
                    "message \"y\"", "quit", "closed",
                ])
        }
    }

    @Test func `answers for each recipient where each has a reply`() async {
        await #expect(processExitsWith: .success) {
            let responder = Lookup()
            let heard = try await serve(responder, .test(protocol: .lmtp)) { address, _ in
                try talk(
                    to: address,
                    "LHLO me\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@b>\r\nDATA\r\n.\r\nQUIT\r\n"
                )
            }
            #expect(heard.suffix(4).map { $0.prefix(3) } == ["354", "250", "250", "221"])
            #expect(responder.notes.suffix(4) == ["deliver 0", "deliver 1", "quit", "closed"])
        }
    }

    @Test func `holds nobody else up`() async {
        await #expect(processExitsWith: .success) {
            let held = Lookup(isHeld: true)
            let (others, greeting) = try await serve(held) { address, loops in
                let waiting = try Client(to: address)
                _ = eventually { held.waiting == 1 }
                // The same loop serves another listener meanwhile.
                let other = try loops.listen(on: .loopback()) { _ in
                    LineFraming { DataDiscard { SMTPSession(.test(), Awaiting(Lookup())) } }
                }
                let others = try talk(to: other, "QUIT\r\n")
                held.release()
                return (others, try waiting.receive(asManyAs: "220 "))
            }
            #expect(others.map { $0.prefix(3) } == ["220", "221"])
            #expect(greeting == "220 ")
        }
    }

    @Test func `is cancelled when its client goes`() async {
        await #expect(processExitsWith: .success) {
            let responder = Lookup(isHeld: true)
            let isClosed = try await serve(responder) { address, _ in
                do {
                    let client = try Client(to: address)
                    _ = eventually { responder.waiting == 1 }
                    client.resetAtClose()
                }
                return eventually { responder.notes.contains("closed") }
            }
            #expect(isClosed)
            #expect(Set(responder.notes) == ["connect", "cancelled", "closed"])
        }
    }

    @Test func `has its time to answer`() async {
        await #expect(processExitsWith: .success) {
            let responder = Lookup(isHeld: true)
            let heard = try await serve(responder, within: .milliseconds(20)) { address, _ in
                try talk(to: address, "QUIT\r\n")
            }
            #expect(heard == ["421 4.3.0 No answer in time, closing connection"])
            responder.release()
        }
    }
}
