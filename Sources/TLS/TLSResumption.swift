internal import BlackholeCOpenSSL

/// What a session leaves for the next one with the same server: no handshake in full is needed.
///
/// It may go from thread to thread.
public final class TLSResumption: Sendable {
    // OpenSSL's object behind it is counted atomically and not changed.
    nonisolated(unsafe) private let pointer: OpaquePointer

    init(adopting pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        SSL_SESSION_free(pointer)
    }

    /// Lets a new session ask to be resumed; if it cannot be, the handshake is a full one.
    func prepare(_ session: OpaquePointer) {
        // A copy again: the session may change it, and others may use this one.
        guard let copy = SSL_SESSION_dup(pointer) else { return }
        SSL_set_session(session, copy)
        SSL_SESSION_free(copy)
    }
}

extension TLSSession {
    /// What a client needs for its next session with the same server to be resumed; nil while the
    /// server has given nothing for it.
    ///
    /// TLS 1.3 servers give it behind the handshake: it is there when the first plaintext is.
    public var resumption: TLSResumption? {
        guard let own = SSL_get_session(session), SSL_SESSION_is_resumable(own) == 1,
            // A copy: OpenSSL spoils its own when a session is freed that has not been closed.
            let copy = SSL_SESSION_dup(own)
        else { return nil }
        return TLSResumption(adopting: copy)
    }
}
