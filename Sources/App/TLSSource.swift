import Daemon
import Logging
import Sink
import Synchronization
import TLS

/// Where the TLS context comes from: made at the start, and anew at every reload.
///
/// A connection takes the context that is current when it comes; a reload disturbs none.
final class TLSSource: Sendable {
    private let log: Logger
    private let context: Mutex<TLSContext>
    /// `TLS with the certificate /x.crt`.
    let text: String
    /// What the operator should know of the files that the start has read; logged already.
    let warnings: [String]

    init(_ configuration: Configuration, _ log: Logger) throws(StartError) {
        self.log = log
        text = "TLS with " + (configuration.certificatePath ?? "a certificate made in memory")
        let (context, warnings) = try TLSSource.load(configuration, log)
        self.context = Mutex(context)
        self.warnings = warnings
    }

    /// The context for a new connection.
    var current: TLSContext { context.withLock { $0 } }

    /// Reads the files again; if they are no good the old certificate stays in use.
    func reload(_ configuration: Configuration) throws(StartError) {
        let (fresh, _) = try TLSSource.load(configuration, log)
        context.withLock { $0 = fresh }
    }

    private static func load(
        _ configuration: Configuration, _ log: Logger
    ) throws(StartError) -> (TLSContext, warnings: [String]) {
        do throws(TLSError) {
            let identity = try identity(configuration, log)
            var warnings = configuration.warnings(of: identity)
            var options = TLSOptions()
            options.handshake = configuration.handshake
            options.report = { error in log.debug("TLS: \(error)") }
            if let directory = configuration.trustPath {
                if try TrustDirectory.hashedNames(in: directory).isEmpty {
                    warnings.append(
                        "\(directory): no certificate has a hashed name, so every client's is "
                            + "refused; run: openssl rehash \(directory)")
                }
                options.clientCertificate = .requested(.directory(directory))
            }
            let context = try TLSContext.server([identity], options)
            for warning in warnings { log.warning("\(warning)") }
            return (context, warnings)
        } catch {
            throw .tls(error)
        }
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
        log.info("certificate \(path), SHA-256 \(identity.fingerprint)")
        return identity
    }
}

extension Configuration {
    /// What the operator should know of the files that the identity is from.
    fileprivate func warnings(of identity: TLSIdentity) -> [String] {
        guard let certificatePath else { return [] }
        let keyPath = keyPath ?? certificatePath
        return [
            identity.dateFault.map { "\(certificatePath): \($0)" },
            identity.keyFault.map { "\(keyPath): \($0); run: chmod go-w,o-rwx \(keyPath)" },
        ].compactMap(\.self)
    }
}
