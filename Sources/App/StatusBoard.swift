import BlackholeDaemon
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
    private let begin = ContinuousClock.now
    private let state: Mutex<State>

    private struct State {
        var listeners: [String]
        var rules: [(rule: String, tally: Tally)]
        var rates = Rates()
        var ratesAt: ContinuousClock.Instant
        var reloads = 0
        var reloadFault: String?
        /// Answers `blackhole status`; loops of its own, so that it is in no count.
        var answering: EventLoops?
    }

    init(_ server: Server, _ loops: EventLoops) {
        self.loops = loops
        state = Mutex(
            State(
                listeners: StatusBoard.lines(server.listeners), rules: server.ruleTallies,
                ratesAt: begin))
    }

    private static func lines(_ listeners: [(address: String, policy: ModeSettings)]) -> [String] {
        listeners.map { "listening on \($0.address): \($0.policy.text)" }
    }

    /// Lets `blackhole status` ask.
    func show(_ log: Logger) {
        do throws(SystemError) {
            let answering = try EventLoops(count: 1)
            _ = try answering.listen(on: StatusReport.address(of: getpid())) { [unowned self] _ in
                StatusAnswer(text)
            }
            state.withLock { $0.answering = answering }
        } catch {
            log.warning("blackhole status will not know the totals: cannot \(error.description)")
        }
    }

    /// Notes a reload, and what the listeners do since.
    func reloaded(_ server: Server) {
        let (lines, rules) = (StatusBoard.lines(server.listeners), server.ruleTallies)
        state.withLock {
            $0.listeners = lines
            $0.rules = rules
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

    private var text: String {
        let totals = Totals(loops)
        let (listeners, rules, reloads, fault) = state.withLock {
            ($0.listeners, $0.rules, $0.reloads, $0.reloadFault)
        }
        return StatusReport(
            lines: listeners + [
                "up for \(begin.duration(to: .now).inDays)",
                totals.connections.of("connection") + ", \(totals.open) of them open, "
                    + "\(totals.connectionsRefused) refused",
                totals.messages.of("message") + " of " + totals.bytes.of("byte") + " to "
                    + totals.recipients.of("recipient") + ", \(totals.refusals.total) refused",
            ] + totals.refusals.lines + strangers
                + rules.filter { $0.tally.matches > 0 }.map {
                    "rule \($0.rule): matched \($0.tally.matches), fired \($0.tally.fires)"
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

/// Says a text to whoever connects, and closes.
private struct StatusAnswer: ByteHandler {
    private let text: String

    init(_ text: String) { self.text = text }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        Intake(input.byteCount)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        guard event == .opened else { return .proceed }
        context.output.append(text: text)
        return .close
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
