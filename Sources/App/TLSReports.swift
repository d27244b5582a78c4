import BlackholePipeline
import BlackholeTLS
import Logging
import Synchronization

/// Logs the TLS connections that fail.
///
/// A failed handshake is news to the operator, since the client could not send: one a second is
/// logged at info, with the remedy where we know one. All else is for debugging.
final class TLSReports: Sendable {
    private let log: Logger
    private let begin = ContinuousClock.now
    private let handshakes = Mutex(OncePerSecond())

    init(_ log: Logger) {
        self.log = log
    }

    /// Logs a failure, on a loop's thread.
    ///
    /// - Parameter remedy: what helps a client that does not trust the server's certificate.
    func report(_ error: TLSError, remedy: String) {
        let peer = error.peer?.description ?? "a peer"
        guard error.kind == .handshake else {
            log.debug("TLS with \(peer): \(error)")
            return
        }
        let now = Instant(nanoseconds: 0) + begin.duration(to: .now)
        let isDue = handshakes.withLock { $0.isDue(at: now) }
        let advice =
            error.isDistrust ? ": the client does not trust the certificate; \(remedy)" : ""
        log.log(
            level: isDue ? .info : .debug, "TLS handshake with \(peer) failed: \(error)\(advice)")
    }
}

extension TLSError {
    /// Whether the peer's alert is about our certificate: `tlsv1 alert unknown ca`, for example.
    fileprivate var isDistrust: Bool {
        reason.contains("alert")
            && (reason.contains("certificate") || reason.contains("unknown ca"))
    }
}
