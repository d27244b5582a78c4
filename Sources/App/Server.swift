import Daemon
import Glibc
import Logging
import Pipeline
import SMTP
import Sink
import TLS

/// The server: the onion on a pool of event loops.
///
/// It is made while the process may still do everything: it reads the keys and binds the addresses.
/// Its threads begin with ``start()``, when the privileges are gone.
final class Server {
    let log: Logger
    let serving: Serving.Current
    let tls: TLSSource?
    let isDebugging: Bool
    let logsMessages: Bool
    let quota: ConnectionQuota
    /// Has replies go wrong, where that is what it is for.
    private let fuzzing: ReplyFuzzing?
    private let switchReports: SwitchReports
    private let workers: Int
    let seed: UInt64
    private let sockets: [ServerSocket]
    /// What it began with, and cannot wholly change.
    private let initial: Configuration
    private var configuration: Configuration
    private var loops: EventLoops?
    /// Where it listens, with the ports that the kernel chose.
    let addresses: [String]

    /// Reads the keys, and binds every address or takes over the sockets of a service manager.
    ///
    /// - Parameters:
    ///   - socketFile: who may connect to the unix-domain sockets that it binds.
    ///   - firstFuzzed: has a reply of every session go wrong, and is the first one's number.
    init(
        _ configuration: Configuration, adopting offered: [ServiceManager.Socket],
        socketFile: SocketFile, firstFuzzed: Int? = nil, _ log: Logger
    ) throws(StartError) {
        initial = configuration
        self.configuration = configuration
        self.log = log
        isDebugging = configuration.isDebugging
        logsMessages = configuration.logsMessages
        workers = configuration.workers ?? EventLoops.processors
        let seed = configuration.seed ?? .random(in: .min ... .max)
        self.seed = seed
        fuzzing = firstFuzzed.map { ReplyFuzzing(seed: seed, first: $0, log) }
        tls = configuration.hasTLS ? try TLSSource(configuration, log) : nil
        quota = ConnectionQuota(configuration.quota) { log.warning("\($0.text)") }
        switchReports = SwitchReports { log.info("\($0)") }
        serving = Serving.Current(Serving(configuration, switchReports))
        sockets =
            offered.isEmpty
            ? try ServerSocket.bind(configuration.listeners, loops: workers, socketFile)
            : try ServerSocket.adopt(offered, configuration, log)
        addresses = sockets.map(\.address)
    }

    /// The files of its unix-domain sockets.
    var socketPaths: [String] { sockets.compactMap(\.path) }

    /// What is done with mail.
    var mode: Mode { configuration.policy.mode }

    /// `accept on 127.0.0.1:25, 127.0.0.1:465 for TLS`.
    var title: String {
        "\(mode.rawValue) on \(addresses.joined(separator: ", "))"
    }

    /// Starts the loops, and with them to serve.
    func start() throws(StartError) -> EventLoops {
        let log = log
        do throws(SystemError) {
            let loops = try EventLoops(count: workers, seed: seed) { trouble in
                log.warning("\(trouble.text)")
            }
            self.loops = loops
            log.info("mode \(mode.rawValue), seed \(seed)")
            for socket in sockets {
                guard let listener = socket.take() else { continue }
                try listen(loops, on: listener, socket)
                let suffix = socket.isImplicitTLS ? "" : ", \(workers.of("worker"))"
                log.info("listening on \(socket.address)\(suffix)")
            }
            return loops
        } catch {
            throw StartError("cannot \(error.description)", exitCode: EX_UNAVAILABLE)
        }
    }

    private func listen(
        _ loops: EventLoops, on listener: consuming BoundListener, _ socket: ServerSocket
    ) throws(SystemError) {
        let index = socket.index
        if let fuzzing {
            try listen(loops, on: listener, socket) { now, security in
                fuzzing.session {
                    Session(
                        now.settings, security: security, SwitchedResponder(now.policies[index]))
                }
            }
        } else if serving.value.policies[index].hasHeaderSwitches {
            try listen(loops, on: listener, socket) { now, security in
                Session(now.settings, security: security, SwitchedResponder(now.policies[index]))
            }
        } else {
            try listen(loops, on: listener, socket) { now, security in
                Session(now.settings, security: security, ModeResponder(now.policies[index]))
            }
        }
    }

    /// What it has done so far.
    var totals: Totals { loops.map { Totals($0) } ?? Totals() }

    /// Serves new connections by another configuration, as far as a running server can.
    func reload(_ fresh: Configuration) throws(StartError) {
        try tls?.reload(fresh)
        for setting in initial.changesThatTakeRestart(to: fresh) {
            log.warning("\(setting.name) has changed: that takes a restart")
        }
        configuration = configuration.reloaded(from: fresh)
        quota.limits = configuration.quota
        serving.value = Serving(configuration, switchReports)
    }

    /// Stops, and returns when all is over.
    ///
    /// Another signal to stop ends the time of grace.
    func stop(grace: Duration) {
        guard let loops else { return }
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
    fileprivate var text: String {
        switch self {
        case .cannotAccept(let error):
            "\(error.description); connections wait until some are closed"
        case .cannotConnect(let error): error.description
        case .madeRoom(let count):
            "\(count.of("connection")) closed to make room: their peers had left"
        }
    }
}
