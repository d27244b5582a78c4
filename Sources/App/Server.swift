import Foundation
import Logging
import Pipeline
import SMTP
import TLS

/// The running server: the onion on a pool of event loops.
struct Server {
    private let loops: EventLoops
    private let log: Logger
    private let tls: TLSSource?
    private let start = ContinuousClock.now

    /// Binds every address and starts to serve.
    init(_ options: Run, _ log: Logger) throws(StartError) {
        self.log = log
        let workers = options.workers ?? EventLoops.processors
        let addresses = try Server.addresses(options.host, port: options.port)
        let hostName = options.hostName ?? ProcessInfo.processInfo.hostName
        tls = options.ssl ? try TLSSource(options, hostName: hostName, log) : nil
        do throws(SystemError) {
            loops = try EventLoops(count: workers, limits: LoopLimits()) { trouble in
                Server.report(trouble, log)
            }
        } catch {
            throw .system(error, nil)
        }
        let settings = SessionSettings(
            hostName: hostName, limits: options.limits, isLenient: options.lenient)
        for address in addresses {
            let bound = try listen(on: address, settings, isImplicit: false)
            log.info("listening on \(bound), \(workers) worker\(workers == 1 ? "" : "s")")
        }
        guard let port = options.sslPort else { return }
        for address in addresses where address.port != nil {
            let bound = try listen(on: address.with(port: port), settings, isImplicit: true)
            log.info("listening on \(bound) for TLS")
        }
    }

    /// The onion: octets, TLS, lines, commands, answers.
    private func listen(
        on address: SocketAddress, _ settings: SessionSettings, isImplicit: Bool
    ) throws(StartError) -> SocketAddress {
        do throws(SystemError) {
            guard let tls else {
                return try loops.listen(on: address) { _ in Server.onion(settings, .none) }
            }
            return try loops.listen(on: address) { _ in
                StartTLS(tls.current, isImplicit: isImplicit) { details in
                    Server.onion(settings, details == nil ? .offered : .active)
                }
            }
        } catch {
            loops.stop()
            throw .system(error, address, isImplicit: isImplicit)
        }
    }

    private static func onion(
        _ settings: SessionSettings, _ security: Security
    ) -> LineFraming<DataDiscard<Session<Accept>>> {
        LineFraming(lineOctetsMax: settings.limits.lineOctetsMax) {
            DataDiscard { Session(settings, security: security, Accept()) }
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
    func serve(until signals: Signals, grace: Duration) {
        if let tls { signals.onHangUp { tls.reload() } }
        signals.waitForStop()
        log.info("stopping")
        signals.onNextStop { loops.stop() }
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
