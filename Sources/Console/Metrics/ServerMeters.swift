package import BlackholePipeline
internal import BlackholeSMTP
internal import Synchronization

/// What a server measures: read from what its loops count, which costs them nothing.
package final class ServerMeters: ConsoleMeters {
    let loops: EventLoops
    let rules: RuleBook?
    let recorded: [LoopMeters]
    let version: String
    private let state: Mutex<State>
    private let overflowsAtStart = HostFigures.recent.listenOverflows
    package let listeners: [ConsoleListener]
    private let isStopping = Atomic(false)

    private struct State {
        var replies = ReplyCounts()
        var last: Reading
        /// The time that each loop has worked; that of a loop that has ended stays.
        var working: [UInt64]
    }

    /// What there is at one moment.
    private struct Reading {
        var at = Instant.now
        var outcomes: [Entry.Outcome: UInt64]
        var connections: UInt64
        var bytes: UInt64
        var latency: Histogram.Contents
        var working: [UInt64]
    }

    /// Creates the meters of a server.
    ///
    /// - Parameters:
    ///   - loops: the loops of mail.
    ///   - listeners: where mail is taken.
    ///   - rules: the rules in force; nil to measure none.
    ///   - recorded: what is measured of recorded connections, on each loop; empty where none are.
    ///   - version: the program's.
    package init(
        _ loops: EventLoops, _ listeners: [ConsoleListener], rules: RuleBook? = nil,
        recorded: [LoopMeters] = [], version: String
    ) {
        self.loops = loops
        self.rules = rules
        self.recorded = recorded
        self.version = version
        self.listeners = listeners
        state = Mutex(
            State(last: ServerMeters.reading(loops, recorded, []), working: loops.workingTimes))
    }

    package var isReady: Bool { !isStopping.load(ordering: .relaxed) }

    /// Mail is no longer taken.
    package func noteStop() { isStopping.store(true, ordering: .relaxed) }

    package func takeSecond() -> TrafficSecond {
        let (now, last) = state.withLock { state in
            label(&state)
            let now = ServerMeters.reading(loops, recorded, working(&state))
            defer { state.last = now }
            return (now, state.last)
        }
        var second = TrafficSecond()
        func since(_ outcome: Entry.Outcome) -> Int {
            let (value, before) = (now.outcomes[outcome] ?? 0, last.outcomes[outcome] ?? 0)
            return Int(clamping: value &- before)
        }
        (second.accepted, second.deferred, second.refused) =
            (since(.accepted), since(.deferred), since(.refused))
        second.connections = Int(clamping: now.connections &- last.connections)
        second.open = Int(clamping: open)
        second.bytes = Int(clamping: now.bytes &- last.bytes)
        let latency = now.latency.since(last.latency)
        second.medianLatency = latency.quantile(0.5).map { $0 / 1e9 }
        second.slowestLatency = latency.quantile(0.99).map { $0 / 1e9 }
        let elapsed = Double(max(1, now.at.nanoseconds &- last.at.nanoseconds))
        let shares = zip(now.working, last.working).map { Double($0 &- $1) / elapsed }
        second.busy = min(1, shares.max() ?? 0)
        return second
    }

    package func totals() -> TrafficTotals {
        var totals = TrafficTotals()
        totals.replies = RefusalStage.allCases.flatMap { stage in
            LoopMeters.Place.codes.map { (stage, $0, positive(stage, $0)) }
                + Counter.refusingCodes.map { (stage, Int($0), refused(stage, $0)) }
        }.filter { $0.2 > 0 }.map { ($0.name, $1, Int(clamping: $2)) }
        let busiest = recorded.map(\.busiestNames)
        totals.domains = BusiestNames.merged(busiest.map(\.domains))
        totals.clients = BusiestNames.merged(busiest.map(\.clients))
        totals.overflows = Int(clamping: overflows)
        let outcomes = outcomes
        totals.accepted = Int(clamping: outcomes[.accepted] ?? 0)
        totals.acceptedBytes = Int(clamping: loops[.messageBytes])
        totals.refused = Int(clamping: (outcomes[.deferred] ?? 0) &+ (outcomes[.refused] ?? 0))
        totals.memory = HostFigures.recent.memory
        return totals
    }

    // MARK: Readings

    /// Transactions by what became of them.
    var outcomes: [Entry.Outcome: UInt64] { ServerMeters.outcomes(loops, recorded) }

    /// Connections that are open.
    var open: UInt64 {
        let gone = loops[.closed]
        let come = loops[.accepted]
        // Read one after the other while the loops run: a little off, but never below zero.
        return come > gone ? come &- gone : 0
    }

    /// Connections that were dropped since an accept queue was full.
    var overflows: UInt64 {
        let now = HostFigures.recent.listenOverflows
        return now > overflowsAtStart ? now &- overflowsAtStart : 0
    }

    /// The time that each loop has worked, in nanoseconds.
    var working: [UInt64] { state.withLock { working(&$0) } }

    /// Replies by stage and the labels of codes.
    var replies: [(stage: String, code: String, count: UInt64)] {
        let positive = RefusalStage.allCases.flatMap { stage in
            let codes = LoopMeters.Place.codes.map(Optional.some) + [nil]
            return codes.compactMap { code -> (stage: String, code: String, count: UInt64)? in
                let count = self.positive(stage, code)
                guard count > 0 else { return nil }
                return (stage.name, code.map { "\($0)" } ?? ReplyCounts.other, count)
            }
        }
        let refusing = state.withLock { state in
            label(&state)
            return state.replies.counts(refused)
        }
        // Two kinds of others are one series.
        var counts: [(stage: String, code: String, count: UInt64)] = []
        for (stage, code, count) in positive + refusing where count > 0 {
            if let place = counts.firstIndex(where: { $0.stage == stage && $0.code == code }) {
                counts[place].count &+= count
            } else {
                counts.append((stage, code, count))
            }
        }
        return counts
    }

    /// The sum of a counter of recorded connections.
    func sum(_ counter: Counter) -> UInt64 { recorded.reduce(0) { $0 &+ $1.counters[counter] } }

    /// The refusals at a stage, of all codes that it is asked about.
    func refused(_ stage: RefusalStage, _ codes: some Sequence<UInt16>) -> UInt64 {
        codes.reduce(0) { $0 &+ refused(stage, $1) }
    }

    private func refused(_ stage: RefusalStage, _ code: UInt16) -> UInt64 {
        loops[.refusals(at: stage, code)]
    }

    private func positive(_ stage: RefusalStage, _ code: Int?) -> UInt64 {
        sum(LoopMeters.Place.reply(stage, code))
    }

    private func label(_ state: inout State) {
        if let rules { state.replies.label(rules.page.codes, refused) }
    }

    private func working(_ state: inout State) -> [UInt64] {
        state.working = zip(state.working, loops.workingTimes).map { max($0, $1) }
        return state.working
    }

    private static func reading(
        _ loops: EventLoops, _ recorded: [LoopMeters], _ working: [UInt64]
    ) -> Reading {
        Reading(
            outcomes: outcomes(loops, recorded),
            connections: loops[.accepted], bytes: loops[.messageBytes],
            latency: LoopMeters.latency.contents(of: recorded.map(\.counters)), working: working)
    }

    /// Where nothing is recorded, a refused MAIL, DATA or message stands for its transaction.
    private static func outcomes(
        _ loops: EventLoops, _ recorded: [LoopMeters]
    ) -> [Entry.Outcome: UInt64] {
        func refusals(_ codes: ClosedRange<UInt16>) -> UInt64 {
            let stages: [RefusalStage] = [.mail, .data, .message]
            return stages.flatMap { stage in codes.map { loops[.refusals(at: stage, $0)] } }
                .reduce(0, &+)
        }
        func recordings(_ outcome: Entry.Outcome) -> UInt64 {
            recorded.reduce(0) { $0 &+ $1.counters[LoopMeters.Place.outcome(outcome)] }
        }
        guard recorded.isEmpty else {
            return [
                .accepted: loops[.messages], .deferred: recordings(.deferred),
                .refused: recordings(.refused),
            ]
        }
        return [
            .accepted: loops[.messages], .deferred: refusals(400...499),
            .refused: refusals(500...599),
        ]
    }
}
