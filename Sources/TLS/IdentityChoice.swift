internal import BlackholeCOpenSSL

/// The choice of a server's certificate for one session, made once, at its ClientHello.
///
/// OpenSSL asks before it looks at a ticket or a session's number: so a certificate that is chosen
/// is shown, and no session resumes in its place.
final class IdentityChoice {
    /// Returns the identity for a client; nil once it was asked.
    private var choose: TLSSession.IdentityChooser?
    private var isMade = false

    init(_ choose: @escaping TLSSession.IdentityChooser) {
        self.choose = choose
    }

    /// Has a server's sessions ask.
    static func prepare(_ context: OpaquePointer) {
        SSL_CTX_set_client_hello_cb(
            context,
            { session, _, _ in
                guard let choice = IdentityChoice.of(session) else {
                    return SSL_CLIENT_HELLO_SUCCESS
                }
                return choice.make(for: session) ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR
            }, nil)
    }

    /// Whether an identity was chosen for a session, and no other may be.
    static func isMade(for session: OpaquePointer?) -> Bool { of(session)?.isMade == true }

    /// Makes the choice a session's, which must not outlive it.
    func attach(to session: OpaquePointer) {
        SSL_set_ex_data(session, IdentityChoice.index, Unmanaged.passUnretained(self).toOpaque())
    }

    private static func of(_ session: OpaquePointer?) -> IdentityChoice? {
        SSL_get_ex_data(session, index).map {
            Unmanaged<IdentityChoice>.fromOpaque($0).takeUnretainedValue()
        }
    }

    /// Asks, and lets the session show what was chosen; false if OpenSSL does not take it.
    private func make(for session: OpaquePointer?) -> Bool {
        // The second ClientHello after a HelloRetryRequest is of the same handshake.
        guard let choose else { return true }
        self.choose = nil
        guard let identity = choose(IdentityChoice.offer(of: session)) else { return true }
        isMade = true
        // A weak key is there to be shown.
        if identity.isWeak { SSL_set_security_level(session, 0) }
        copenssl_resume_nothing(session)
        SSL_certs_clear(session)
        return SSL_use_certificate(session, identity.certificate) == 1
            && SSL_use_PrivateKey(session, identity.key) == 1
            && identity.chain.allSatisfy {
                copenssl_add_session_chain_certificate(session, $0) == 1
            }
    }

    private static func offer(of session: OpaquePointer?) -> TLSClientOffer {
        TLSClientOffer(serverName: serverName(of: session), version: version(of: session))
    }

    /// The newest version of the client's that the server speaks (RFC 8446 §4.2.1).
    private static func version(of session: OpaquePointer?) -> TLSProtocolVersion {
        let most = Int32(SSL_ctrl(session, SSL_CTRL_GET_MAX_PROTO_VERSION, 0, nil))
        let newest = most == 0 ? TLSProtocolVersion.tls13.rawValue : most
        var versions = [Int32(SSL_client_hello_get0_legacy_version(session))]
        var start: UnsafePointer<UInt8>?
        var count = 0
        if SSL_client_hello_get0_ext(
            session, UInt32(TLSEXT_TYPE_supported_versions), &start, &count) == 1
        {
            // The list's length, then two bytes for each version.
            let bytes = UnsafeBufferPointer(start: start, count: count).dropFirst()
            versions = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map {
                Int32(bytes[$0]) << 8 | Int32(bytes[$0 + 1])
            }
        }
        let common = versions.map { min($0, TLSProtocolVersion.tls13.rawValue) }
            .filter { $0 <= newest }.max()
        return common.flatMap { TLSProtocolVersion(rawValue: $0) } ?? .tls12
    }

    /// The host that the client names (RFC 6066 §3), before OpenSSL has read it.
    private static func serverName(of session: OpaquePointer?) -> String? {
        var start: UnsafePointer<UInt8>?
        var count = 0
        guard
            SSL_client_hello_get0_ext(
                session, UInt32(TLSEXT_TYPE_server_name), &start, &count) == 1
        else { return nil }
        let bytes = UnsafeBufferPointer(start: start, count: count)
        // A list of one: the list's length, the name's type, the name's length, the name.
        guard count > 5, Int(bytes[0]) << 8 | Int(bytes[1]) == count - 2,
            bytes[2] == UInt8(TLSEXT_NAMETYPE_host_name),
            Int(bytes[3]) << 8 | Int(bytes[4]) == count - 5
        else { return nil }
        return String(decoding: bytes[5...], as: UTF8.self)
    }

    /// The place that OpenSSL keeps for an application's own data.
    private static let index: Int32 = 0
}
