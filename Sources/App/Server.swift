import BlackholeConsole
import BlackholeDaemon
import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import BlackholeTLS
import Glibc
import Logging

/// The server: the onion on a pool of event loops.
///
/// It is made while the process may still do everything: it reads the keys and binds the addresses.
/// Its threads begin with ``start()``, when the privileges are gone.
final class Server {
    let log: Logger
    private let quota: ConnectionQuota
    private let numbers = ConnectionNumbers()
    /// Has replies go wrong, where that is what it is for.
    private let fuzzing: ReplyFuzzing?
    private let requestReports: RequestReports
    private let workers: Int
    private let chanceSeed = UInt64.random(in: .min ... .max)
    let endpoints: [BoundEndpoint]
    /// What is done with the mail of each listener of the configuration that it began with, in their
    /// order, and last what is done where mail comes to none of them: to another socket of a service
    /// manager.
    private var policies: [ModeSettings]
    var rules: WrittenRules
    /// Whether sockets are a service manager's.
    private let adopts: Bool
    /// The rules in force, for all listeners.
    let inForce: RulesInForce
    /// What all rules count; it outlives a reload.
    let tallies: Tallies
    private let places: [String]
    private(set) var configuration: Configuration
    var tls: TLSSource?
    /// Certificates that rules choose; nil if none does.
    private var flawed: FlawedIdentities?
    private var loops: EventLoops?
    /// The console, and the rules as it has them; nil without one.
    let console: (service: ConsoleService, book: RuleBook, recorder: Recorder)?
    /// What its loops measure; nil before they run.
    var meters: ServerMeters?

    /// Reads the keys, and binds every address or takes over the sockets of a service manager.
    ///
    /// - Parameters:
    ///   - socketFile: who may connect to the unix-domain sockets that it binds.
    ///   - firstFuzzed: has a reply of every session go wrong, and is the first one's number.
    init(
        _ configuration: Configuration, _ source: ConfigurationSource,
        adopting offered: [ServiceManager.Socket],
        socketFile: SocketFile, firstFuzzed: Int? = nil, _ log: Logger
    ) throws(StartError) {
        self.configuration = configuration
        self.log = log
        workers = configuration.workers ?? EventLoops.processors
        policies = configuration.listeners.map(\.policy) + [configuration.policy]
        places = configuration.listeners.map(\.place)
        let seed = configuration.seed ?? chanceSeed
        tallies = Tallies(seed: seed, startup: .now)
        fuzzing = firstFuzzed.map { ReplyFuzzing(seed: seed, first: $0, log) }
        tls = configuration.hasTLS ? try TLSSource(configuration, log) : nil
        quota = ConnectionQuota(configuration.quota) { log.warning("\($0.text)") }
        requestReports = RequestReports { log.info("\($0)") }
        adopts = !offered.isEmpty
        rules = try WrittenRules(configuration, source, adopts: adopts)
        endpoints =
            offered.isEmpty
            ? try BoundEndpoint.bind(configuration.listeners, loops: workers, socketFile)
            : try BoundEndpoint.adopt(offered, configuration, log)
        let program = rules.program(tallies, configuration)
        inForce = RulesInForce(program)
        console =
            configuration.console.isServed
            ? (
                try ConsoleService(configuration, socketFile, log),
                rules.book(inForce, tallies, configuration),
                Recorder(
                    loops: workers, contentBytes: configuration.console.keepBytes / 2,
                    listeners: configuration.listeners.map(\.ruleName),
                    domains: configuration.console.domains.map { $0.lowercased() })
            ) : nil
        flawed =
            program.choosesCertificates || configuration.console.canChangeRules
            ? try tls?.flawed(configuration) : nil
    }

    /// The files of its unix-domain sockets.
    var socketPaths: [String] {
        endpoints.compactMap(\.path) + (console?.service.socketPaths ?? [])
    }

    /// What the operator should know of the certificate's files.
    var tlsWarnings: [String] { tls?.warnings ?? [] }

    private var seed: UInt64 { configuration.seed ?? chanceSeed }

    /// Where it listens, with the ports that the kernel chose, and what is done with the mail there.
    var listeners: [(address: String, policy: ModeSettings)] {
        endpoints.map { ($0.address, policies[$0.index]) }
    }

    /// `accept on 127.0.0.1:25, 127.0.0.1:465 for TLS; bounce on 127.0.0.1:26`.
    var title: String {
        var parts: [(mode: Mode, addresses: [String])] = []
        for (address, policy) in listeners {
            if parts.last?.mode == policy.mode {
                parts[parts.count - 1].addresses.append(address)
            } else {
                parts.append((policy.mode, [address]))
            }
        }
        return parts.map { "\($0.mode.rawValue) on \($0.addresses.joined(separator: ", "))" }
            .joined(separator: "; ")
    }

    /// Starts the loops, and with them to serve.
    func start() throws(StartError) -> (EventLoops, ServerMeters) {
        let log = log
        do throws(SystemError) {
            let loops = try EventLoops(count: workers, seed: seed) { trouble in
                log.warning("\(trouble.text)")
            }
            self.loops = loops
            let meters = makeMeters(loops)
            self.meters = meters
            log.info("seed \(seed)")
            for endpoint in endpoints {
                try serving(endpoint).serve(endpoint, on: loops)
                let suffix = endpoint.isImplicitTLS ? "" : ", \(workers.of("worker"))"
                log.info(
                    "listening on \(endpoint.address)\(suffix): \(policies[endpoint.index].text)")
            }
            try startConsole(meters)
            return (loops, meters)
        } catch {
            throw StartError("cannot \(error.description)", exitCode: EX_UNAVAILABLE)
        }
    }

    /// What new connections to an endpoint are served with, as the configuration is now.
    private func serving(_ endpoint: BoundEndpoint) -> Serving {
        let settings = SessionSettings(configuration)
        let hasTLS = endpoint.isImplicitTLS || configuration.offersStartTLS
        return Serving(
            settings: settings, rules: rules(endpoint), tls: hasTLS ? tls?.context : nil,
            flawed: flawed,
            isImplicitTLS: endpoint.isImplicitTLS, quota: quota,
            seed: seed, numbers: numbers, makeRecord: makeRecord, fuzzing: fuzzing,
            recording: recording)
    }

    private func rules(_ endpoint: BoundEndpoint) -> ListenerRules {
        let listeners = configuration.listeners
        return ListenerRules(
            inForce: inForce,
            listener: endpoint.index < listeners.count ? listeners[endpoint.index].ruleName : "",
            // What the console may change is asked at every stage.
            isPlain: rules.rules.isPlain && console == nil,
            readsRequests: policies[endpoint.index].hasHeaderSwitches,
            readsAddresses: configuration.readsAddresses, reports: requestReports,
            health: HealthPeers(configuration.healthPeers))
    }

    /// Makes what is logged of a connection; nil where nothing is.
    private var makeRecord: (@Sendable (borrowing Peer) -> ConnectionRecord)? {
        let (isDebugging, logsMessages) = (configuration.isDebugging, configuration.logsMessages)
        guard isDebugging || logsMessages else { return nil }
        var log = log
        // A reload may switch it on, long after the log has its level.
        if isDebugging { log.logLevel = .debug }
        return { [log] peer in
            ConnectionRecord(
                session: isDebugging ? SessionRecord(of: peer) { log.debug("\($0)") } : nil,
                messages: logsMessages ? MessageRecord(of: peer) { log.info("\($0)") } : nil)
        }
    }

    /// What it has done so far.
    var totals: Totals { loops.map { Totals($0) } ?? Totals() }

    /// Serves new connections by another configuration, as far as a running server can, and logs what
    /// has changed.
    ///
    /// If this throws, nothing has.
    func reload(_ fresh: Configuration, _ source: ConfigurationSource) throws(StartError) {
        let next = configuration.reloaded(from: fresh)
        let nextRules = try WrittenRules(next, source, adopts: adopts)
        let nextTLS = try reloadedTLS(next)
        let program = nextRules.program(tallies, next)
        let nextFlawed =
            program.choosesCertificates || next.console.canChangeRules
            ? try nextTLS?.flawed(next) : nil
        for change in configuration.changes(to: next) { log.info("\(change.text)") }
        for change in next.changes(to: fresh) {
            log.warning("\(change.text): that takes a restart")
        }
        configuration = next
        tls = nextTLS
        rules = nextRules
        flawed = nextFlawed
        replaceRules(by: program)
        quota.limits = next.quota
        // What a listener of the same place is to do is live, wherever else the server listens now.
        for listener in next.listeners + fresh.listeners {
            for (index, place) in places.enumerated() where place == listener.place {
                policies[index] = listener.policy
            }
        }
        policies[places.count] = next.policy
        guard let loops else { return }
        for endpoint in endpoints {
            do throws(SystemError) {
                try serving(endpoint).serve(endpoint, on: loops)
            } catch {
                log.error("\(endpoint.address) is served as before: cannot \(error.description)")
            }
        }
    }

    /// The certificate's files as they are now; nil without TLS.
    private func reloadedTLS(_ next: Configuration) throws(StartError) -> TLSSource? {
        guard next.hasTLS else { return nil }
        if let tls { return try tls.reloaded(next) }
        return try TLSSource(next, log)
    }

    /// Stops, and returns when all is over.
    ///
    /// Another signal to stop ends the time of grace.
    func stop(grace: Duration) {
        guard let loops else { return }
        meters?.noteStop()
        // Streams of the console would keep their clients waiting; what is in flight is told in the log.
        defer { console?.service.stop() }
        // Without it, a second signal has to wait for the grace; nothing else is lost.
        _ = try? LoopThread(name: "second stop") {
            while let number = Signals.next(within: grace), !Signals.isStop(number) {}
            loops.stop()
        }
        loops.stop(grace: grace)
    }
}

extension ConnectionQuota.Refused {
    /// What the operator should know.
    fileprivate var text: String {
        switch self {
        case .connections(let max):
            "connections are refused: there are \(max), the connections_limit"
        case .address(let address, let max):
            "connections of \(address.host) are refused: there are \(max), the "
                + "connections_per_address_limit"
        }
    }
}

extension LoopTrouble {
    /// What the operator should know.
    var text: String {
        switch self {
        case .cannotAccept(let error):
            "\(error.description); connections wait until some are closed"
        case .cannotConnect(let error): error.description
        case .madeRoom(let count):
            "\(count.of("connection")) closed to make room: their peers had left"
        }
    }
}
