import BlackholeConsole
import BlackholeDaemon
import BlackholeHTTP
import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import BlackholeTLS
import Glibc
import Logging
import Synchronization

/// What there is to tell of a running server: to `blackhole status`, and to the log as rates.
final class StatusBoard: Sendable {
    private let loops: EventLoops
    private let meters: any ConsoleMeters
    private let inForce: RulesInForce
    private let begin = ContinuousClock.now
    private let state: Mutex<State>

    private struct State {
        var listeners: [String]
        var rates = Rates()
        var ratesAt: ContinuousClock.Instant
        var reloads = 0
        var reloadFault: String?
        /// Answers `blackhole status`; loops of its own, so that it is in no count.
        var answering: EventLoops?
    }

    init(_ server: Server, _ loops: EventLoops, _ meters: any ConsoleMeters) {
        self.loops = loops
        self.meters = meters
        inForce = server.inForce
        state = Mutex(State(listeners: StatusBoard.lines(server), ratesAt: begin))
    }

    private static func lines(_ server: Server) -> [String] {
        server.listeners.map { "listening on \($0.address): \($0.policy.text)" }
            + server.consoleLinks.map { "console on \($0)" }
    }

    /// Lets `blackhole status` ask.
    func show(_ log: Logger) {
        do throws(SystemError) {
            let answering = try EventLoops(count: 1)
            let user = geteuid()
            _ = try answering.listen(on: StatusReport.address(of: getpid())) {
                [unowned self] peer in
                let isKnown = peer.user == 0 || peer.user == user
                return HTTPLayer { StatusResponder(self, isAllowed: isKnown) }
            }
            state.withLock { $0.answering = answering }
        } catch {
            log.warning("blackhole status will not know the totals: cannot \(error.description)")
        }
    }

    /// Notes a reload, and what the listeners do since.
    func reloaded(_ server: Server) {
        let lines = StatusBoard.lines(server)
        state.withLock {
            $0.listeners = lines
            $0.reloads += 1
            $0.reloadFault = nil
        }
    }

    /// Notes a reload that has failed.
    func reloadFailed(_ fault: String) {
        state.withLock {
            $0.reloads += 1
            $0.reloadFault = fault
        }
    }

    /// How long it is to the next line of rates.
    func untilRates(_ interval: Duration) -> Duration {
        state.withLock { max(.zero, ContinuousClock.now.duration(to: $0.ratesAt + interval)) }
    }

    /// The line of rates; nil if there was no traffic.
    func rates() -> String? {
        let totals = Totals(loops)
        return state.withLock { state in
            let now = ContinuousClock.now
            defer { state.ratesAt = now }
            return state.rates.line(totals, after: state.ratesAt.duration(to: now))
        }
    }

    /// Whether mail is taken.
    var isReady: Bool { meters.isReady }

    /// All metrics.
    func metrics(_ format: MetricsFormat) -> String { format.text(meters.families()) }

    /// What `blackhole status` prints.
    var text: String {
        let totals = Totals(loops)
        let (listeners, reloads, fault) = state.withLock {
            ($0.listeners, $0.reloads, $0.reloadFault)
        }
        let program = inForce.program
        let rules = zip(program.rules, program.tallies)
        return StatusReport(
            lines: listeners + [
                "up for \(begin.duration(to: .now).inDays)",
                totals.connections.of("connection") + ", \(totals.open) of them open, "
                    + "\(totals.connectionsRefused) refused",
                totals.messages.of("message") + " of " + totals.bytes.of("byte") + " to "
                    + totals.recipients.of("recipient") + ", \(totals.refusals.total) refused",
            ] + totals.refusals.lines + strangers
                + rules.filter { $0.1.matches > 0 }.map { rule, tally in
                    "rule \(rule): matched \(tally.matches), fired \(tally.fires)"
                }, reloads: reloads, reloadFault: fault
        ).text
    }
}

extension StatusBoard {
    /// What was done with those who never became clients, where there were any.
    private var strangers: [String] {
        let handshakes: [(Counter, String)] = [
            (.tlsFailures, "failed"), (.tlsHandshakesRefused, "over a limit"),
            (.tlsHellosTooLarge, "with a ClientHello too large"),
        ]
        let closed: [(Counter, String)] = [
            (.httpCommands, "for HTTP"), (.departed, "to make room, their peers gone"),
        ]
        return [
            ("TLS handshakes: \(loops[.tlsHandshakes]) done", handshakes), ("closed early", closed),
        ]
        .compactMap { title, counters in
            let counts = counters.filter { loops[$0.0] > 0 }.map { "\(loops[$0.0]) \($0.1)" }
            return counts.isEmpty ? nil : title + ", " + counts.joined(separator: ", ")
        }
    }
}

extension Duration {
    /// `3 days 02:03:04`.
    fileprivate var inDays: String {
        let seconds = max(0, components.seconds)
        let clock = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return seconds < 86_400 ? clock : "\((seconds / 86_400).of("day")) \(clock)"
    }
}
