import BlackholePipeline
import BlackholeTLS

/// One end of a connection in memory: a session, what it has decrypted, and what it has to say.
final class End {
    var session: TLSSession
    private var output = ByteQueue()
    private var plaintext = ByteQueue()
    private var unread: [UInt8] = []
    /// The bytes of plaintext from which on no more is decrypted.
    var limit = Int.max

    init(
        _ context: TLSContext, serverName: String? = nil, resuming resumption: TLSResumption? = nil,
        identity: TLSSession.IdentityChooser? = nil
    ) throws {
        session = try TLSSession(
            context, serverName: serverName, resuming: resumption, identity: identity)
    }

    /// Takes bytes from the peer; what the limit leaves is taken later.
    func take(_ bytes: some Sequence<UInt8> = []) {
        unread += bytes
        let consumed = session.receive(
            unread.span.bytes, into: &plaintext, upTo: limit, output: &output)
        unread.removeFirst(consumed)
    }

    /// What the peer is to get.
    func takeOutput() -> [UInt8] {
        defer { output.removeAll() }
        return output.withBytes { Array($0) }
    }

    /// What was decrypted.
    func takePlaintext() -> [UInt8] {
        defer { plaintext.removeAll() }
        return plaintext.withBytes { Array($0) }
    }

    var unreadCount: Int { unread.count }

    /// What was decrypted, as text.
    func takeText() -> String { String(decoding: takePlaintext(), as: UTF8.self) }

    func send(_ bytes: [UInt8]) {
        session.send(bytes.span.bytes, output: &output)
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func close() { session.close(output: &output) }

    func updateKeys() { session.updateKeys(output: &output) }

    var phase: TLSSession.Phase { session.phase }
    var details: TLSDetails? { session.details }
    var error: TLSError? { session.error }
    var reason: String { session.error?.reason ?? "" }
    var resumption: TLSResumption? { session.resumption }
}

extension Array where Element == UInt8 {
    init(_ span: RawSpan) {
        self = span.withUnsafeBytes { Array($0) }
    }
}

/// A client and a server, who trust each other or do not.
struct Pair {
    let server: TLSContext
    let client: TLSContext

    /// Makes a pair, by default one that trusts.
    init(
        _ serverOptions: TLSOptions = TLSOptions(), _ clientOptions: TLSOptions = TLSOptions(),
        identity: TLSIdentity? = nil, showing: TLSIdentity? = nil
    ) throws {
        let identity = try identity ?? .selfSigned()
        server = try .server([identity], serverOptions)
        client = try .client(
            trusting: .pem(identity.certificatePEM), showing: showing, clientOptions)
    }

    /// A pair that speaks one version.
    init(_ version: TLSProtocolVersion) throws {
        try self.init(.only(version), .only(version))
    }

    /// Two ends, not connected yet.
    func ends(
        serverName: String? = "localhost", resuming resumption: TLSResumption? = nil
    ) throws -> (client: End, server: End) {
        (
            try End(client, serverName: serverName, resuming: resumption),
            try End(server)
        )
    }

    /// Two ends that have shaken hands, or have failed to.
    func connected(
        serverName: String? = "localhost", resuming resumption: TLSResumption? = nil
    ) throws -> (client: End, server: End) {
        let ends = try ends(serverName: serverName, resuming: resumption)
        converse(ends.client, ends.server)
        return ends
    }
}

extension TLSOptions {
    static func only(_ version: TLSProtocolVersion) -> TLSOptions { versions(version, version) }

    static func versions(_ least: TLSProtocolVersion, _ most: TLSProtocolVersion) -> TLSOptions {
        var options = TLSOptions()
        options.minimumVersion = least
        options.maximumVersion = most
        return options
    }

    static func asking(
        _ clientCertificate: ClientCertificate, _ version: TLSProtocolVersion = .tls13
    ) -> TLSOptions {
        var options = TLSOptions.only(version)
        options.clientCertificate = clientCertificate
        return options
    }
}

/// Carries bytes to and fro until both are silent.
///
/// - Parameters:
///   - size: the bytes of a piece.
///   - change: what becomes of a flight on its way, the first being 0, before it is cut.
func converse(
    _ client: End, _ server: End, inPiecesOf size: Int = .max,
    _ change: (_ flight: Int, _ bytes: [UInt8]) -> [[UInt8]] = { [$1] }
) {
    client.take()
    var flight = 0
    while true {
        let toServer = client.takeOutput()
        if !toServer.isEmpty {
            deliver(change(flight, toServer), to: server, inPiecesOf: size)
            flight += 1
        }
        let toClient = server.takeOutput()
        if !toClient.isEmpty {
            deliver(change(flight, toClient), to: client, inPiecesOf: size)
            flight += 1
        }
        if toServer.isEmpty, toClient.isEmpty { return }
    }
}

private func deliver(_ pieces: [[UInt8]], to end: End, inPiecesOf size: Int) {
    for piece in pieces {
        var rest = piece[...]
        while !rest.isEmpty {
            end.take(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
    }
}
