import BlackholeDaemon
import BlackholePipeline
import BlackholeSink
import BlackholeTLS
import Logging

/// Where the TLS context comes from: made at the start, and anew at every reload.
struct TLSSource {
    /// The context for new connections.
    let context: TLSContext
    /// What it shows.
    private let identity: TLSIdentity
    /// What the operator should know of the files that were read; logged already.
    let warnings: [String]
    /// Made once, so that clients that know it need not learn another one after a reload.
    private let generated: TLSIdentity?
    /// How many handshakes may be in progress.
    private let handshakes: ConnectionQuota
    private let reports: TLSReports
    private let log: Logger

    /// Reads the files.
    init(_ configuration: Configuration, _ log: Logger) throws(StartError) {
        let handshakes = ConnectionQuota(configuration.handshakes) {
            log.warning("\($0.handshakesText)")
        }
        try self.init(configuration, nil, handshakes, TLSReports(log), log)
    }

    /// Reads the files again; the certificate that was made in memory stays.
    func reloaded(_ configuration: Configuration) throws(StartError) -> TLSSource {
        let fresh = try TLSSource(configuration, generated, handshakes, reports, log)
        handshakes.limits = configuration.handshakes
        return fresh
    }

    private init(
        _ configuration: Configuration, _ generated: TLSIdentity?, _ handshakes: ConnectionQuota,
        _ reports: TLSReports, _ log: Logger
    ) throws(StartError) {
        do throws(TLSError) {
            var generated = generated
            identity = try TLSSource.identity(configuration, &generated, log)
            var warnings = configuration.warnings(of: identity)
            var options = TLSOptions()
            options.handshake = configuration.handshake
            options.handshakes = handshakes
            options.groups = configuration.tlsGroups
            options.signatureAlgorithms = configuration.tlsSignatureAlgorithms
            let remedy = configuration.trustRemedy
            options.report = { reports.report($0, remedy: remedy) }
            if let directory = configuration.trustPath {
                if try TrustDirectory.hashedNames(in: directory).isEmpty {
                    warnings.append(
                        "\(directory): no certificate has a hashed name, so every client's is "
                            + "refused; run: openssl rehash \(directory)")
                }
                options.clientCertificate = .requested(.directory(directory))
            }
            context = try TLSContext.server([identity], options)
            for warning in warnings { log.warning("\(warning)") }
            self.warnings = warnings
            self.generated = generated
        } catch {
            throw .tls(error)
        }
        self.handshakes = handshakes
        self.reports = reports
        self.log = log
    }

    /// Makes the certificates that rules choose.
    func flawed(_ configuration: Configuration) throws(StartError) -> FlawedIdentities {
        do throws(TLSError) {
            return try FlawedIdentities(of: identity, names: configuration.certificateNames)
        } catch {
            throw .tls(error)
        }
    }

    private static func identity(
        _ configuration: Configuration, _ generated: inout TLSIdentity?, _ log: Logger
    ) throws(TLSError) -> TLSIdentity {
        guard let path = configuration.certificatePath else {
            if let generated { return generated }
            let identity = try TLSIdentity.selfSigned(names: configuration.certificateNames)
            generated = identity
            log.info(
                """
                certificate made in memory (for one that clients can trust: blackhole \
                certificate --out FILE), SHA-256 \(identity.fingerprint)
                """)
            return identity
        }
        let identity = try TLSIdentity(certificateFile: path, keyFile: configuration.keyPath)
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

extension Configuration {
    /// The names that a certificate of our own making is for.
    var certificateNames: [String] {
        let own = ["localhost", "127.0.0.1", "::1"]
        return own.contains(effectiveHostName) ? own : [effectiveHostName] + own
    }

    /// What helps a client that does not trust the certificate.
    fileprivate var trustRemedy: String {
        let trust = certificatePath.map { "let clients trust \($0)" }
        let make =
            "make one with 'blackhole certificate --out FILE', serve it by --ssl_cert=FILE and "
            + "give it to clients"
        return (trust ?? make) + (offersStartTLS ? ", or set --starttls=False" : "")
    }

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
