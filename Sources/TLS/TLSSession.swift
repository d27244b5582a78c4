internal import BlackholeCOpenSSL
public import BlackholePipeline

/// One side of a TLS connection, without a socket: bytes in, plaintext out; plaintext in, records out.
///
/// A value around OpenSSL's `SSL`, freed with it. Every function empties OpenSSL's error queue before
/// it begins: the queue is the thread's, and other sessions share the thread.
public struct TLSSession: ~Copyable {
    /// Chooses what a server shows a client, by what the client says; nil for the context's own
    /// identity.
    public typealias IdentityChooser = (TLSClientOffer) -> TLSIdentity?

    /// Where a session stands.
    public enum Phase: BitwiseCopyable, Sendable {
        /// Next: `established` or `failed`.
        case handshaking
        /// Next: `ended` or `failed`.
        case established
        /// The peer has said close_notify: nothing more comes, and we may still send.
        case ended
        /// No byte goes either way, but for what is in the output: an alert.
        case failed
    }

    let session: OpaquePointer
    let bio: OpaquePointer
    /// Held, for the choice of a certificate by the host's name is the context's.
    private let context: TLSContext
    /// Held, for OpenSSL asks it at the ClientHello.
    private let choice: IdentityChoice?
    /// Where the session stands.
    public private(set) var phase = Phase.handshaking
    /// Why it has failed.
    public private(set) var error: TLSError?
    private(set) var hasSaidClose = false
    /// Records without plaintext since the last one with some: KeyUpdates, refused renegotiations.
    private var idleRecords = 0

    /// Begins a session; a client's says nothing before ``receive(_:into:upTo:output:)`` is called,
    /// be it with nothing.
    ///
    /// - Parameters:
    ///   - context: the server's, or the client's.
    ///   - serverName: the host that a client names (SNI), and whose name the certificate must have
    ///     if the context trusts anybody.
    ///   - resumption: what an earlier session of a client left, see ``resumption``.
    ///   - identity: asked once by a server, at the ClientHello, before the version is agreed on and
    ///     before a ticket is looked at. What it returns is shown whatever its key, and neither
    ///     resumes a session nor can be resumed.
    public init(
        _ context: TLSContext, serverName: String? = nil, resuming resumption: TLSResumption? = nil,
        identity: IdentityChooser? = nil
    ) throws(TLSError) {
        self.context = context
        choice = identity.map { IdentityChoice($0) }
        (session, bio) = try TLSSession.make(context, serverName, resumption)
        choice?.attach(to: session)
    }

    deinit {
        SSL_free(session)
    }

    private static func make(
        _ context: TLSContext, _ serverName: String?, _ resumption: TLSResumption?
    ) throws(TLSError) -> (session: OpaquePointer, bio: OpaquePointer) {
        ERR_clear_error()
        guard let session = SSL_new(context.pointer) else {
            throw .fromQueue(.handshake, otherwise: "no TLS session could be made")
        }
        do throws(TLSError) {
            guard let bio = SpanBIO.make() else {
                throw .fromQueue(.handshake, otherwise: "no TLS session could be made")
            }
            // One BIO for both ways, owned by the session from here on.
            SSL_set_bio(session, bio, bio)
            switch context.role {
            case .server: SSL_set_accept_state(session)
            case .client:
                SSL_set_connect_state(session)
                if let serverName { try name(serverName, to: session) }
                resumption?.prepare(session)
            }
            return (session, bio)
        } catch {
            SSL_free(session)
            throw error
        }
    }

    private static func name(
        _ serverName: String, to session: OpaquePointer
    ) throws(TLSError) {
        // An address is checked as one, and never sent as a name (RFC 6066 §3).
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), serverName) == 1 { return }
        // No name, or half of one, would be checked less strictly than was asked for.
        guard !serverName.isEmpty, !serverName.utf8.contains(0),
            copenssl_set_server_name(session, serverName) == 1,
            SSL_set1_host(session, serverName) == 1
        else { throw .fromQueue(.setting, otherwise: "no host has the name \(serverName)") }
    }

    /// Takes bytes from the peer: goes on with the handshake, then decrypts.
    ///
    /// - Parameters:
    ///   - input: valid during the call only.
    ///   - plaintext: gets what was decrypted.
    ///   - limit: no more is decrypted once `plaintext` holds so many bytes.
    ///   - output: gets the records that go to the peer.
    /// - Returns: the bytes taken: all, unless the limit was reached. What comes behind close_notify
    ///   or a failure is taken and not looked at.
    public mutating func receive(
        _ input: RawSpan, into plaintext: inout ByteQueue, upTo limit: Int,
        output: inout ByteQueue
    ) -> Int {
        let consumed = input.withUnsafeBytes { bytes in
            TLSSession.transfer(bio, bytes, &output) { transport in
                if phase == .handshaking { shakeHands(transport) }
                // To ask OpenSSL in vain costs it a buffer, and as much as a short record.
                while phase == .established, plaintext.count < limit,
                    transport.pointee.hasMore || SSL_has_pending(session) == 1,
                    decrypt(transport, into: &plaintext)
                {}
            }
        }
        return phase == .ended || phase == .failed ? input.byteCount : consumed
    }

    /// Encrypts plaintext.
    public mutating func send(_ plaintext: RawSpan, output: inout ByteQueue) {
        guard phase == .established || phase == .ended, !hasSaidClose, !plaintext.isEmpty else {
            return
        }
        _ = TLSSession.transfer(bio, TLSSession.nothing, &output) { _ in
            plaintext.withUnsafeBytes { bytes in
                var offset = 0
                while offset < bytes.count {
                    var written = 0
                    let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
                    guard SSL_write_ex(session, rest.baseAddress, rest.count, &written) == 1 else {
                        fail(.connection, "plaintext could not be encrypted")
                        return
                    }
                    offset += written
                }
            }
        }
    }

    /// Encrypts what a buffer holds, and clears it.
    @usableFromInline
    mutating func send(clearing plaintext: inout ByteQueue, output: inout ByteQueue) {
        guard !plaintext.isEmpty else { return }
        plaintext.withBytes { send($0, output: &output) }
        plaintext.removeAll()
    }

    /// Says close_notify, once: no plaintext follows.
    public mutating func close(output: inout ByteQueue) {
        guard phase == .established || phase == .ended, !hasSaidClose else { return }
        hasSaidClose = true
        _ = TLSSession.transfer(bio, TLSSession.nothing, &output) { _ in
            _ = SSL_shutdown(session)
            ERR_clear_error()
        }
    }

    /// Whether a ClientHello may still come in clear: a second one, in TLS 1.3.
    @usableFromInline
    var mayHearHello: Bool { phase == .handshaking && SSL_version(session) == TLS1_3_VERSION }

    private mutating func shakeHands(_ transport: UnsafePointer<SpanTransport>) {
        var result: Int32
        repeat {
            result = SSL_do_handshake(session)
        } while result != 1 && SSL_get_error(session, result) == SSL_ERROR_WANT_READ
            && !transport.pointee.ranDry
        if result == 1 {
            phase = .established
        } else if SSL_get_error(session, result) != SSL_ERROR_WANT_READ {
            let isRefusal =
                ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_CERTIFICATE_VERIFY_FAILED
            fail(.handshake, "the handshake failed")
            guard isRefusal, let why = X509_verify_cert_error_string(SSL_get_verify_result(session))
            else { return }
            error = TLSError(
                .handshake, reason: "the peer's certificate is refused: \(String(cString: why))")
        }
    }

    /// Decrypts a record; false when there is no whole one, when the session is over, and when it is
    /// time to let others have a turn.
    private mutating func decrypt(
        _ transport: UnsafePointer<SpanTransport>, into plaintext: inout ByteQueue
    ) -> Bool {
        var count = 0
        let room = plaintext.room(for: TLSSession.maximumRecordBytes)
        let before = transport.pointee.consumed
        var result = SSL_read_ex(session, room, TLSSession.maximumRecordBytes, &count)
        if result != 1, transport.pointee.consumed == before, !transport.pointee.ranDry,
            SSL_get_error(session, result) == SSL_ERROR_WANT_READ
        {
            // It has answered a KeyUpdate, and not read yet.
            result = SSL_read_ex(session, room, TLSSession.maximumRecordBytes, &count)
        }
        if result == 1 {
            plaintext.noteAppended(count)
            idleRecords = 0
            return true
        }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ where !transport.pointee.ranDry: return passIdleRecord()
        case SSL_ERROR_WANT_READ: break
        case SSL_ERROR_ZERO_RETURN: phase = .ended
        default: fail(.connection, "the peer broke the protocol")
        }
        return false
    }

    /// Takes note of a record without plaintext, of which a peer may send few: each costs more than
    /// it cost the peer.
    private mutating func passIdleRecord() -> Bool {
        idleRecords += 1
        if idleRecords <= TLSSession.maximumIdleRecords { return true }
        phase = .failed
        error = TLSError(
            .connection,
            reason: "the peer sent \(idleRecords) records in a row without content")
        return false
    }

    private mutating func fail(_ kind: TLSError.Kind, _ otherwise: String) {
        error = .fromQueue(kind, otherwise: otherwise)
        phase = .failed
    }

    /// Runs OpenSSL over the bytes in and the buffer out.
    ///
    /// - Returns: the bytes that OpenSSL took.
    static func transfer(
        _ bio: OpaquePointer, _ input: UnsafeRawBufferPointer, _ output: inout ByteQueue,
        _ body: (UnsafePointer<SpanTransport>) -> Void
    ) -> Int {
        // Asking is cheap; clearing frees what is not there, thirty times over.
        if ERR_peek_error() != 0 { ERR_clear_error() }
        return withUnsafeMutablePointer(to: &output) { output in
            var transport = SpanTransport(input: input, output: output)
            return withUnsafeMutablePointer(to: &transport) { transport in
                BIO_set_data(bio, transport)
                body(transport)
                BIO_set_data(bio, nil)
                return transport.pointee.consumed
            }
        }
    }

    /// The records without plaintext that may come in a row.
    static let maximumIdleRecords = 32
    /// The most plaintext that a record has (RFC 8446 §5.1).
    private static let maximumRecordBytes = 16_384
    static var nothing: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: nil, count: 0)
    }
}
