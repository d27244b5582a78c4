import Foundation
import Logging
import Pipeline
import SMTP

/// The running server: the onion on a pool of event loops.
struct Server {
    private let loops: EventLoops
    private let log: Logger
    private let start = ContinuousClock.now

    /// Binds every address and starts to serve.
    init(_ options: Run, _ log: Logger) throws(StartError) {
        self.log = log
        let workers = options.workers ?? EventLoops.processors
        let addresses = try Server.addresses(options.host, port: options.port)
        do throws(SystemError) {
            loops = try EventLoops(count: workers, limits: LoopLimits()) { trouble in
                Server.report(trouble, log)
            }
        } catch {
            throw .system(error, nil)
        }
        let settings = SessionSettings(
            hostName: options.hostName ?? ProcessInfo.processInfo.hostName,
            limits: options.limits, isLenient: options.lenient)
        for address in addresses {
            do throws(SystemError) {
                let bound = try Server.listen(on: address, loops, settings)
                log.info("listening on \(bound), \(workers) worker\(workers == 1 ? "" : "s")")
            } catch {
                loops.stop()
                throw .system(error, address)
            }
        }
    }

    /// The onion: octets, lines, commands, answers.
    private static func listen(
        on address: SocketAddress, _ loops: EventLoops, _ settings: SessionSettings
    ) throws(SystemError) -> SocketAddress {
        try loops.listen(on: address) { _ in
            LineFraming(lineOctetsMax: settings.limits.lineOctetsMax) {
                DataDiscard { Session(settings, Accept()) }
            }
        }
    }

    private static func addresses(
        _ hosts: [String], port: UInt16
    ) throws(StartError) -> [SocketAddress] {
        var addresses: [SocketAddress] = []
        for host in hosts {
            let found = SocketAddress.lookUp(host, port: port)
            guard !found.isEmpty else { throw .unknownHost(host) }
            addresses += found.filter { !addresses.contains($0) }
        }
        return addresses
    }

    private static func report(_ trouble: LoopTrouble, _ log: Logger) {
        switch trouble {
        case .cannotAccept(let error):
            log.warning("\(error.description); connections wait until some are closed")
        case .cannotConnect(let error):
            log.warning("\(error.description)")
        }
    }

    /// Serves until a signal comes, then stops and tells the totals.
    func serve(until signals: StopSignals, grace: Duration) {
        signals.wait()
        log.info("stopping")
        signals.onNext { loops.stop() }
        loops.stop(grace: grace)
        log.info("\(totals)")
    }

    private var totals: String {
        let elapsed = start.duration(to: .now)
        let seconds =
            Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let messages = loops[.messages]
        return String(
            format: "stopped: %llu connections, %llu messages, %llu octets, "
                + "%.1f messages a second for %.1f seconds",
            loops[.accepted], messages, loops[.messageOctets], Double(messages) / seconds, seconds)
    }
}
