internal import COpenSSL
public import Pipeline

/// One side of a TLS connection, without a socket: octets in, plaintext out; plaintext in, records out.
///
/// A value around OpenSSL's `SSL`, freed with it. Every function empties OpenSSL's error queue before
/// it begins: the queue is the thread's, and other sessions share the thread.
public struct TLSSession: ~Copyable {
    /// Where a session stands.
    public enum Phase: BitwiseCopyable, Sendable {
        /// Next: `established` or `failed`.
        case handshaking
        /// Next: `ended` or `failed`.
        case established
        /// The peer has said close_notify: nothing more comes, and we may still send.
        case ended
        /// No octet goes either way, but for what is in the output: an alert.
        case failed
    }

    private let session: OpaquePointer
    private let bio: OpaquePointer
    /// Where the session stands.
    public private(set) var phase = Phase.handshaking
    /// Why it has failed.
    public private(set) var error: TLSError?
    private var hasSaidClose = false

    /// Begins a session; a client's says nothing before ``receive(_:into:upTo:output:)`` is called,
    /// be it with nothing.
    ///
    /// - Parameter serverName: the host that a client names (SNI), and whose name the certificate
    ///   must have if the context trusts anybody.
    public init(_ context: TLSContext, serverName: String? = nil) throws(TLSError) {
        ERR_clear_error()
        guard let session = SSL_new(context.pointer) else {
            throw .fromQueue(.handshake, otherwise: "no TLS session could be made")
        }
        guard let bio = SpanBIO.make() else {
            SSL_free(session)
            throw .fromQueue(.handshake, otherwise: "no TLS session could be made")
        }
        self.session = session
        self.bio = bio
        // One BIO for both ways, owned by the session from here on.
        SSL_set_bio(session, bio, bio)
        switch context.role {
        case .server: SSL_set_accept_state(session)
        case .client:
            SSL_set_connect_state(session)
            if let serverName { TLSSession.name(serverName, to: session) }
        }
    }

    deinit {
        SSL_free(session)
    }

    private static func name(_ serverName: String, to session: OpaquePointer) {
        // An address is checked as one, and never sent as a name (RFC 6066 §3).
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), serverName) == 1 { return }
        _ = copenssl_set_server_name(session, serverName)
        SSL_set1_host(session, serverName)
    }

    /// Takes octets from the peer: goes on with the handshake, then decrypts.
    ///
    /// - Parameters:
    ///   - input: valid during the call only.
    ///   - plaintext: gets what was decrypted.
    ///   - limit: no more is decrypted once `plaintext` holds so many octets.
    ///   - output: gets the records that go to the peer.
    /// - Returns: the octets taken: all, unless the limit was reached or the session is over.
    public mutating func receive(
        _ input: RawSpan, into plaintext: inout ByteBuffer, upTo limit: Int,
        output: inout ByteBuffer
    ) -> Int {
        input.withUnsafeBytes { bytes in
            TLSSession.transfer(bio, bytes, &output) {
                if phase == .handshaking { shakeHands() }
                while phase == .established, plaintext.count < limit, decrypt(into: &plaintext) {}
            }
        }
    }

    /// Encrypts plaintext.
    public mutating func send(_ plaintext: RawSpan, output: inout ByteBuffer) {
        guard phase == .established || phase == .ended, !hasSaidClose, !plaintext.isEmpty else {
            return
        }
        _ = TLSSession.transfer(bio, TLSSession.nothing, &output) {
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
    mutating func send(clearing plaintext: inout ByteBuffer, output: inout ByteBuffer) {
        guard !plaintext.isEmpty else { return }
        plaintext.withBytes { send($0, output: &output) }
        plaintext.removeAll()
    }

    /// Says close_notify, once: no plaintext follows.
    public mutating func close(output: inout ByteBuffer) {
        guard phase == .established || phase == .ended, !hasSaidClose else { return }
        hasSaidClose = true
        _ = TLSSession.transfer(bio, TLSSession.nothing, &output) {
            _ = SSL_shutdown(session)
            ERR_clear_error()
        }
    }

    private mutating func shakeHands() {
        let result = SSL_do_handshake(session)
        if result == 1 {
            phase = .established
        } else if SSL_get_error(session, result) != SSL_ERROR_WANT_READ {
            fail(.handshake, "the handshake failed")
        }
    }

    /// Decrypts a record; false when there is no whole one, or the session is over.
    private mutating func decrypt(into plaintext: inout ByteBuffer) -> Bool {
        var count = 0
        let room = plaintext.room(for: TLSSession.recordOctetsMax)
        let result = SSL_read_ex(session, room, TLSSession.recordOctetsMax, &count)
        if result == 1 {
            plaintext.noteAppended(count)
            return true
        }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: break
        case SSL_ERROR_ZERO_RETURN: phase = .ended
        default: fail(.connection, "the peer broke the protocol")
        }
        return false
    }

    private mutating func fail(_ kind: TLSError.Kind, _ otherwise: String) {
        error = .fromQueue(kind, otherwise: otherwise)
        phase = .failed
    }

    /// Runs OpenSSL over the octets in and the buffer out.
    ///
    /// - Returns: the octets that OpenSSL took.
    private static func transfer(
        _ bio: OpaquePointer, _ input: UnsafeRawBufferPointer, _ output: inout ByteBuffer,
        _ body: () -> Void
    ) -> Int {
        ERR_clear_error()
        return withUnsafeMutablePointer(to: &output) { output in
            var transport = SpanTransport(input: input, output: output)
            return withUnsafeMutablePointer(to: &transport) { transport in
                BIO_set_data(bio, transport)
                body()
                BIO_set_data(bio, nil)
                return transport.pointee.consumed
            }
        }
    }

    /// The most plaintext that a record has (RFC 8446 §5.1).
    private static let recordOctetsMax = 16_384
    private static var nothing: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: nil, count: 0)
    }
}

extension TLSSession {
    /// What was agreed on; nil before the handshake is done.
    public var details: TLSDetails? {
        guard phase == .established || phase == .ended else { return nil }
        let cipher = SSL_CIPHER_get_name(SSL_get_current_cipher(session))
        let name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name)
        return TLSDetails(
            version: TLSVersion(rawValue: SSL_version(session)) ?? .tls12,
            cipher: cipher.map { String(cString: $0) } ?? "",
            serverName: name.map { String(cString: $0) },
            peerSubject: subjectOfPeer,
            isResumed: SSL_session_reused(session) == 1)
    }

    private var subjectOfPeer: String? {
        guard let certificate = SSL_get0_peer_certificate(session),
            let bio = BIO_new(BIO_s_mem())
        else { return nil }
        defer { BIO_free(bio) }
        X509_NAME_print_ex(
            bio, X509_get_subject_name(certificate), 0, copenssl_name_form)
        var octets: UnsafeMutablePointer<CChar>?
        let count = copenssl_memory(bio, &octets)
        return String(
            decoding: UnsafeRawBufferPointer(start: octets, count: count), as: UTF8.self)
    }
}

/// What the two sides of a TLS connection have agreed on.
public struct TLSDetails: Sendable, Equatable {
    /// The protocol's version.
    public let version: TLSVersion
    /// The cipher suite, by OpenSSL's name.
    public let cipher: String
    /// The host that the client named (SNI).
    public let serverName: String?
    /// The subject of the peer's certificate (RFC 2253), if it showed one that is believed.
    public let peerSubject: String?
    /// Whether an earlier session was resumed.
    public let isResumed: Bool
}
