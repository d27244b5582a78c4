import Foundation
import Logging
import Synchronization
import TLS

/// Where the TLS context comes from: made at the start, and anew at every SIGHUP.
///
/// A connection takes the context that is current when it comes; a reload disturbs none.
final class TLSSource: Sendable {
    private let files: (certificate: String?, key: String?)
    private let trustDirectory: String?
    private let hostName: String
    private let log: Logger
    private let context: Mutex<TLSContext>

    init(_ options: Run, hostName: String, _ log: Logger) throws(StartError) {
        files = (options.sslCert, options.sslKey)
        trustDirectory = options.sslCaCertsDir
        self.hostName = hostName
        self.log = log
        do throws(TLSError) {
            context = Mutex(try TLSSource.load(files, trustDirectory, hostName, log))
        } catch {
            throw .tls(error)
        }
    }

    /// The context for a new connection.
    var current: TLSContext { context.withLock { $0 } }

    /// Reads the files again; if they are no good the old certificate stays in use.
    func reload() {
        do throws(TLSError) {
            let fresh = try TLSSource.load(files, trustDirectory, hostName, log)
            context.withLock { $0 = fresh }
            log.info("certificate reloaded")
        } catch {
            log.error("certificate not reloaded, the old one stays in use: \(error)")
        }
    }

    private static func load(
        _ files: (certificate: String?, key: String?), _ trustDirectory: String?,
        _ hostName: String, _ log: Logger
    ) throws(TLSError) -> TLSContext {
        let identity = try identity(files, hostName, log)
        var options = TLSOptions()
        options.report = { error in log.debug("TLS: \(error)") }
        if let trustDirectory { options.clientCertificate = .requested(.directory(trustDirectory)) }
        return try TLSContext.server([identity], options)
    }

    private static func identity(
        _ files: (certificate: String?, key: String?), _ hostName: String, _ log: Logger
    ) throws(TLSError) -> TLSIdentity {
        guard let certificate = files.certificate else {
            let identity = try TLSIdentity.selfSigned(
                names: [hostName, "localhost", "127.0.0.1", "::1"])
            log.info("certificate made in memory, SHA-256 \(identity.fingerprint)")
            return identity
        }
        let identity = try TLSIdentity(certificateFile: certificate, keyFile: files.key)
        if let fault = identity.dateFault { log.warning("\(certificate): \(fault)") }
        log.info("certificate \(certificate), SHA-256 \(identity.fingerprint)")
        return identity
    }
}
