internal import BlackholeCOpenSSL
public import BlackholePipeline

/// What went wrong with a certificate, a key, a setting or a connection, in words.
public struct TLSError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What it is about.
    public enum Kind: Sendable, Equatable {
        /// A file that cannot be read.
        case unreadable
        /// A certificate that is none.
        case certificate
        /// A private key that is none.
        case key
        /// A private key under a passphrase, which nobody is asked for.
        case passphrase
        /// A key that is not the certificate's.
        case mismatch
        /// Certificates to trust that cannot be had.
        case trust
        /// A setting that OpenSSL does not know.
        case setting
        /// A handshake that failed.
        case handshake
        /// A connection that broke the protocol after its handshake.
        case connection
        /// A connection that ended without close_notify: what came may be cut short.
        case truncation
    }

    /// What it is about.
    public let kind: Kind
    /// The file, if there is one.
    public let file: String?
    /// OpenSSL's reason, or ours.
    public let reason: String
    /// The peer of the connection that failed, where a ``TLSLayer`` layer was told it.
    public internal(set) var peer: NetworkAddress?

    /// Makes an error.
    public init(_ kind: Kind, file: String? = nil, reason: String) {
        self.kind = kind
        self.file = file
        self.reason = reason
    }

    /// Returns the same error, of the connection with `peer`.
    @usableFromInline
    func with(peer: NetworkAddress?) -> TLSError {
        var error = self
        error.peer = peer
        return error
    }

    /// Takes the reason from OpenSSL's error queue, and empties it.
    static func fromQueue(_ kind: Kind, file: String? = nil, otherwise: String) -> TLSError {
        // The newest error is the most particular; the queue is the thread's, and the next
        // connection on it must not find this one's.
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0, let words = ERR_reason_error_string(code) else {
            return TLSError(kind, file: file, reason: otherwise)
        }
        return TLSError(kind, file: file, reason: String(cString: words))
    }

    /// `key.pem: the private key is not the certificate's`.
    public var description: String {
        file.map { "\($0): \(reason)" } ?? reason
    }
}
