internal import BlackholeCOpenSSL

/// What the two sides of a TLS connection have agreed on.
public struct TLSDetails: Sendable, Equatable {
    /// The protocol's version.
    public let version: TLSProtocolVersion
    /// The cipher suite, by OpenSSL's name.
    public let cipher: String
    /// The host that the client named (SNI).
    public let serverName: String?
    /// The subject of the peer's certificate (RFC 2253), if it showed one; a client that was told
    /// to believe any has not checked it.
    public let peerSubject: String?
    /// Whether an earlier session was resumed.
    public let isResumed: Bool
}

extension TLSSession {
    /// What was agreed on; nil before the handshake is done.
    public var details: TLSDetails? {
        guard phase == .established || phase == .ended else { return nil }
        let cipher = SSL_CIPHER_get_name(SSL_get_current_cipher(session))
        let name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name)
        return TLSDetails(
            version: TLSProtocolVersion(rawValue: SSL_version(session)) ?? .tls12,
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
        var bytes: UnsafeMutablePointer<CChar>?
        let count = copenssl_memory(bio, &bytes)
        return String(
            decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
