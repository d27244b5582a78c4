import BlackholeConsole
import BlackholePipeline
import BlackholeSink
import Synchronization

/// What the loops of mail measure, for the console.
final class LoopMeters: ConsoleMeters {
    let listeners: [ConsoleListener]
    private let loops: EventLoops
    private let last = Mutex(Totals())
    private let stopping = Atomic(false)

    init(_ loops: EventLoops, _ listeners: [ConsoleListener]) {
        self.loops = loops
        self.listeners = listeners
    }

    var isReady: Bool { !stopping.load(ordering: .relaxed) }

    /// Mail is no longer taken.
    func noteStop() { stopping.store(true, ordering: .relaxed) }

    func takeSecond() -> TrafficSecond {
        let now = Totals(loops)
        return last.withLock { last in
            var second = TrafficSecond()
            second.accepted = Int(clamping: now.messages &- last.messages)
            second.connections = Int(clamping: now.connections &- last.connections)
            second.open = Int(clamping: now.open)
            second.bytes = Int(clamping: now.bytes &- last.bytes)
            last = now
            return second
        }
    }

    func totals() -> TrafficTotals {
        let now = Totals(loops)
        var totals = TrafficTotals()
        totals.accepted = Int(clamping: now.messages)
        totals.acceptedBytes = Int(clamping: now.bytes)
        totals.refused = Int(clamping: now.refusals.total)
        return totals
    }

    func families() -> [MetricFamily] { [] }
}
