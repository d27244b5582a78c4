import BlackholeConsole
import BlackholeDaemon
import BlackholeHTTP
import BlackholePipeline
import BlackholeSink
import BlackholeTLS
import Glibc
import Logging

/// The console as it is served: bound while the process may still do everything, and started on a loop of
/// its own when the loops of mail run.
final class ConsoleService {
    private let settings: ConsoleSettings
    private let endpoints: [BoundEndpoint]
    private let isSecured: Bool
    private let quota: ConnectionQuota
    private var running: (loops: EventLoops, clock: ConsoleClock, console: Console)?

    /// The most clients at once; the descriptors of the others are for mail.
    private static let maximumConnections = 2048

    /// Reads the password, and binds the addresses.
    ///
    /// - Parameter socketFile: the owner of unix-domain sockets.
    init(
        _ configuration: Configuration, _ socketFile: SocketFile, _ log: Logger
    ) throws(StartError) {
        let options = configuration.console
        let connections = min(ConsoleService.maximumConnections, max(8, OpenFiles.limit / 8))
        var settings = try ConsoleSettings(configuration)
        settings.maximumWaiting = connections / 8 * 7
        self.settings = settings
        isSecured = options.hasTLS
        quota = ConnectionQuota(.init(maximumConnections: connections)) { _ in
            log.warning("connections to the console are refused: there are \(connections)")
        }
        endpoints = try BoundEndpoint.bind(
            options.places.map { Endpoint(console: $0, isImplicitTLS: options.hasTLS) }, loops: 1,
            socketFile.limited(to: 0o600), for: "http")
    }

    /// The files of its unix-domain sockets.
    var socketPaths: [String] { endpoints.compactMap(\.path) }

    /// Where it listens, as bound.
    var addresses: [(NetworkAddress, isImplicitTLS: Bool)] {
        endpoints.map { ($0.boundAddress, $0.isImplicitTLS) }
    }

    /// Where it listens, as links where they are.
    var links: [String] {
        endpoints.map { endpoint in
            endpoint.path.map { "unix:\($0)" }
                ?? "\(isSecured ? "https" : "http")://\(endpoint.boundAddress)/"
        }
    }

    /// Serves it.
    func start(
        _ feed: any ConsoleFeed, _ rules: RuleBook, _ meters: any ConsoleMeters,
        _ tls: TLSContext?, report: @escaping @Sendable (LoopTrouble) -> Void
    ) throws(SystemError) {
        let console = Console(settings, feed: feed, rules: rules, meters: meters)
        let loops = try EventLoops(count: 1, report: report)
        console.count(loops)
        running = (loops, try ConsoleClock(console), console)
        try serve(tls)
    }

    /// Serves new connections with this context.
    func serve(_ tls: TLSContext?) throws(SystemError) {
        guard let (loops, _, console) = running else { return }
        let quota = quota
        for endpoint in endpoints {
            if isSecured, let tls {
                try endpoint.serve(on: loops) { peer in
                    Admission(quota, peer, refusal: "") {
                        TLSLayer(tls, isImplicit: true, peer: peer.address) { _ in
                            HTTPLayer { ConsoleResponder(console) }
                        }
                    }
                }
            } else {
                try endpoint.serve(on: loops) { peer in
                    Admission(quota, peer, refusal: ConsoleService.tooManyConnections) {
                        HTTPLayer { ConsoleResponder(console) }
                    }
                }
            }
        }
    }

    /// The rules were read again.
    func noteRules(tag: String) { running?.console.board.noteRules(tag: tag) }

    /// Ends its connections, streams among them.
    func stop() {
        guard let (loops, clock, _) = running.take() else { return }
        clock.stop()
        loops.stop()
    }

    private static let tooManyConnections: StaticString =
        "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
}

extension ConsoleSettings {
    /// The settings of the console, as a configuration has them.
    init(_ configuration: Configuration) throws(StartError) {
        let options = configuration.console
        self.init()
        name = configuration.effectiveHostName
        version = Blackhole.versionNumber
        names = options.names
        origins = options.origins
        isReadOnly = options.isReadOnly == true
        areRulesReadOnly = options.areRulesReadOnly
        keep = options.effectiveKeep
        keepBytes = options.keepBytes / 2
        sessions = options.sessions
        if let user = options.user, let path = options.passwordPath {
            credentials = ConsoleCredentials(
                user: user, password: try ConsoleSettings.password(at: path))
        }
    }

    /// The first line of a file.
    static func password(at path: String) throws(StartError) -> String {
        func fault(_ reason: String) -> StartError {
            StartError(
                "http_password_file: cannot use \(path): \(reason)", exitCode: EX_CONFIG)
        }
        let bytes: [UInt8]
        do throws(RegularFile.Fault) {
            bytes = try RegularFile(path, most: 64 << 10).bytes
        } catch {
            throw fault(error.reason)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw fault("it is not UTF-8")
        }
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard !line.isEmpty else { throw fault("its first line is empty") }
        return line
    }
}
