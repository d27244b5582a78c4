internal import BlackholeCOpenSSL
package import BlackholePipeline

extension TLSSession {
    /// Sends a KeyUpdate that asks for the peer's (RFC 8446 §4.6.3); nothing before TLS 1.3.
    package mutating func updateKeys(output: inout ByteQueue) {
        guard phase == .established, !hasSaidClose else { return }
        _ = TLSSession.transfer(bio, TLSSession.nothing, &output) { _ in
            if SSL_key_update(session, SSL_KEY_UPDATE_REQUESTED) == 1 {
                _ = SSL_do_handshake(session)
            }
        }
    }
}
