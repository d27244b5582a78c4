public import BlackholeInbox
public import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP
internal import BlackholeTLS

/// A fake SMTP server on loopback, for tests: takes mail, or behaves as it is told.
///
/// ```swift
/// let smtp = try SMTPServer(.at(.recipient, matching: "*@full.example", .reply(452, "Full")))
/// try send(to: smtp.port)
/// let message = try await smtp.first(to: "you@example.org", within: .seconds(5))
/// await smtp.stop()
/// ```
///
/// It listens when it is made, on a port that the kernel has chosen, and may be used from anywhere.
/// ``withSMTPServer(_:on:isolation:_:)`` stops it by itself.
///
/// A server that nobody holds any more stops, too, but nobody hears when all is over, as one does by
/// ``stop()``.
public final class SMTPServer: Sendable {
    /// Where it listens: `127.0.0.1` and a port.
    public let address: NetworkAddress
    /// The certificate in PEM that a client has to trust; nil without TLS.
    public let certificatePEM: String?
    let fake: Fake
    let inbox: Inbox
    let plays: Plays
    /// Whether it plays scripts.
    let hasScript: Bool
    private let certificateFile: CertificateFile?
    private let listening: Listener
    private let loops: EventLoops

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - behaviors: how it differs from a black hole that takes everything.
    ///   - port: the port that it listens on; 0 for one that the kernel chooses.
    /// - Throws: ``Misuse`` where they cannot be done, `SystemError`, `TLSError`.
    public convenience init(_ behaviors: Behavior..., port: UInt16 = 0) throws {
        try self.init(behaviors, port: port)
    }

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - behaviors: how it differs from a black hole that takes everything.
    ///   - port: the port that it listens on; 0 for one that the kernel chooses.
    ///   - loops: the event loops that it runs on, which go on when it stops; nil for a small pool
    ///     that all servers share.
    /// - Throws: ``Misuse`` where they cannot be done, `SystemError`, `TLSError`.
    public init(
        _ behaviors: [Behavior], port: UInt16 = 0, on loops: EventLoops? = nil
    ) throws {
        let fake = try Fake(behaviors)
        let loops = try loops ?? SharedLoops.loops()
        self.loops = loops
        self.fake = fake
        inbox = fake.inbox
        plays = fake.plays
        hasScript = !fake.plan.scripts.isEmpty
        certificatePEM = fake.identity?.certificatePEM
        certificateFile = try fake.identity.map { try CertificateFile($0.certificatePEM) }
        listening = try loops.open(on: .loopback(port: try fake.port(or: port))) {
            fake.stack(for: $0.address)
        }
        address = listening.address
    }

    deinit {
        loops.close(listening) {}
        inbox.end()
    }

    /// The host to connect to: `127.0.0.1`.
    public var host: String { address.host }

    /// The port to connect to.
    public var port: Int { Int(address.port ?? 0) }

    /// The file of the certificate in PEM that a client has to trust, in `TMPDIR` or else `/tmp`; nil
    /// without TLS.
    ///
    /// It is there until the server is stopped.
    public var certificatePath: String? { certificateFile?.path }

    /// All messages so far.
    public var received: [ReceivedMessage] { inbox.messages }

    /// What was said on every connection so far, in the order of their coming.
    public var transcripts: [Transcript] { inbox.transcripts }

    /// Stops, and returns when all is over; may be called again.
    ///
    /// Connections are closed, and whoever waits for messages hears that there are no more.
    public func stop() async {
        await loops.close(listening)
        inbox.end()
        certificateFile?.remove()
    }

    /// Connects a client of our own.
    func connect<Client: ByteHandler & ~Copyable>(_ make: @escaping @Sendable () -> Client) {
        loops.connect(to: address) { _ in make() }
    }
}
