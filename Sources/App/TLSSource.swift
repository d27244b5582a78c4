import Daemon
import FoundationEssentials
import Glibc
import Logging
import Pipeline
import Sink
import Synchronization
import TLS

/// Where the TLS context comes from: made at the start, and anew at every reload.
///
/// A connection takes the context that is current when it comes; a reload disturbs none.
final class TLSSource: Sendable {
    private let log: Logger
    private let context: Mutex<TLSContext>
    /// How many handshakes may be in progress.
    private let handshakes: ConnectionQuota
    /// `TLS with the certificate /x.crt`.
    let text: String

    init(_ configuration: Configuration, _ log: Logger) throws(StartError) {
        self.log = log
        text = "TLS with " + (configuration.certificatePath ?? "a certificate made in memory")
        handshakes = ConnectionQuota(configuration.handshakes) { log.warning("\($0.handshakesText)") }
        context = Mutex(try TLSSource.load(configuration, handshakes, log))
    }

    /// The context for a new connection.
    var current: TLSContext { context.withLock { $0 } }

    /// Reads the files again; if they are no good the old certificate stays in use.
    func reload(_ configuration: Configuration) throws(StartError) {
        let fresh = try TLSSource.load(configuration, handshakes, log)
        handshakes.limits = configuration.handshakes
        context.withLock { $0 = fresh }
    }

    private static func load(
        _ configuration: Configuration, _ handshakes: ConnectionQuota, _ log: Logger
    ) throws(StartError) -> TLSContext {
        do throws(TLSError) {
            let identity = try identity(configuration, log)
            var options = TLSOptions()
            options.handshake = configuration.handshake
            options.handshakes = handshakes
            options.groups = configuration.tlsGroups
            options.signatureAlgorithms = configuration.tlsSignatureAlgorithms
            options.report = { error in log.debug("TLS: \(error)") }
            if let directory = configuration.trustPath {
                if !hasHashedNames(directory) {
                    log.warning(
                        """
                        \(directory): no certificate has a hashed name, so every client's is \
                        refused; run: openssl rehash \(directory)
                        """)
                }
                options.clientCertificate = .requested(.directory(directory))
            }
            return try TLSContext.server([identity], options)
        } catch {
            throw .tls(error)
        }
    }

    /// Whether OpenSSL would find a certificate there: `5ed36f99.0`, for example.
    private static func hasHashedNames(_ directory: String) -> Bool {
        // What cannot be read is refused with its reason later.
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            return true
        }
        return names.contains { $0.wholeMatch(of: /[0-9a-f]{8}\.[0-9]+/) != nil }
    }

    private static func identity(
        _ configuration: Configuration, _ log: Logger
    ) throws(TLSError) -> TLSIdentity {
        guard let path = configuration.certificatePath else {
            let identity = try TLSIdentity.selfSigned(
                names: [configuration.effectiveHostName, "localhost", "127.0.0.1", "::1"])
            log.info("certificate made in memory, SHA-256 \(identity.fingerprint)")
            return identity
        }
        let identity = try TLSIdentity(certificateFile: path, keyFile: configuration.keyPath)
        if let fault = identity.dateFault { log.warning("\(path): \(fault)") }
        log.info("certificate \(path), SHA-256 \(identity.fingerprint)")
        return identity
    }
}

extension ConnectionQuota.Refused {
    /// What the operator should know of handshakes.
    fileprivate var handshakesText: String {
        switch self {
        case .connections(let max):
            "TLS handshakes are refused: \(max) are in progress, the handshakes_limit"
        case .address(let address, let max):
            "TLS handshakes of \(address.host) are refused: \(max) are in progress, the "
                + "handshakes_per_address_limit"
        }
    }
}
