internal import BlackholeHTTP
package import BlackholePipeline
internal import Synchronization

/// The console: what is shown, asked and changed over HTTP while the server runs.
///
/// ```swift
/// let console = Console(settings, feed: feed, rules: book, meters: meters)
/// let loops = try EventLoops(count: 1)
/// let clock = try ConsoleClock(console)
/// _ = try loops.open(on: address) { _ in HTTPLayer { ConsoleResponder(console) } }
/// ```
package final class Console: Sendable {
    package let settings: ConsoleSettings
    package let board: Board
    package let rules: RuleBook
    package let meters: any ConsoleMeters
    /// When the server was started.
    package let started: Timestamp
    private let pulse = Mutex(Pulse())
    private let loops = Mutex<EventLoops?>(nil)
    private let refusals = Atomic(0)
    private let bodies = Atomic(0)

    /// Makes a console; who calls its responders is up to the caller.
    package init(
        _ settings: ConsoleSettings, feed: any ConsoleFeed, rules: RuleBook,
        meters: any ConsoleMeters, started: Timestamp = .now
    ) {
        self.settings = settings
        self.rules = rules
        self.meters = meters
        self.started = started
        board = Board(
            feed: feed, keep: settings.keep, keepBytes: settings.keepBytes,
            sessions: settings.sessions)
    }

    /// Whether rules can be changed.
    var canChangeRules: Bool { !settings.isReadOnly && !settings.areRulesReadOnly }

    /// Has its metrics count what these loops do: those that serve it.
    package func count(_ loops: EventLoops) { self.loops.withLock { $0 = loops } }

    /// Sees to it that one more wait or stream may be open.
    func admitWaiting() throws(Problem) {
        let figures = board.figures
        guard figures.waits + figures.streams >= settings.maximumWaiting else { return }
        refusals.add(1, ordering: .relaxed)
        throw Problem(
            503, "\(settings.maximumWaiting) waits and streams are open, and no more may be")
    }

    /// Asks for room for a request's body, among all that are read at once.
    func reserveBody(_ bytes: Int) -> Bool {
        let total = bodies.add(bytes, ordering: .relaxed).newValue
        if total > settings.maximumBodyBytes { releaseBody(bytes) }
        return total <= settings.maximumBodyBytes
    }

    func releaseBody(_ bytes: Int) { bodies.subtract(bytes, ordering: .relaxed) }

    /// How many waits and streams were refused, since too many were open.
    package var refusedWaits: Int { refusals.load(ordering: .relaxed) }

    /// What the console measures of itself.
    var families: [MetricFamily] {
        ConsoleFamilies(
            board: board.figures, maximumWaiting: settings.maximumWaiting,
            refusedWaiting: refusedWaits,
            loops: loops.withLock { $0 }
        ).all
    }

    /// Takes in what has happened, and the figures of a second when one is over.
    ///
    /// - Returns: how many reports there were.
    @discardableResult
    package func poll(at now: Timestamp = .now) -> Int {
        let count = board.poll()
        let isOver = pulse.withLock { pulse in
            guard pulse.isDue(at: now) else { return false }
            pulse.beat(at: now, meters, rules.page, drops: board.drops)
            return true
        }
        if isOver { board.wakeStreams() }
        return count
    }

    /// The number of the last second that is over, and what a stream says of it.
    func rates() -> (number: Int, members: [String: JSON]) {
        pulse.withLock { ($0.number, $0.members) }
    }

    /// What a stream that says all says of the last second.
    package var currentRates: JSON {
        var members = rates().members
        members["sampled"] = 1
        return .object(members)
    }

    /// The last seconds, the oldest first.
    func seconds(_ count: Int) -> [JSON] { pulse.withLock { Array($0.seconds.suffix(count)) } }
}

/// The figures of the last seconds.
private struct Pulse {
    /// How many seconds are kept.
    private static let capacity = 600
    private var next: Timestamp?
    /// How many seconds there were.
    private(set) var number = 0
    /// What a stream says of the last one.
    private(set) var members: [String: JSON] = [:]
    private(set) var seconds: [JSON] = []

    func isDue(at now: Timestamp) -> Bool { next.map { now >= $0 } ?? true }

    mutating func beat(
        at now: Timestamp, _ meters: any ConsoleMeters, _ rules: RuleBook.Page, drops: Int
    ) {
        // After a pause, or when the clock was set, a second is one from now on.
        let due = next.map { Timestamp(nanoseconds: $0.nanoseconds &+ 1_000_000_000) }
        let isLate = due.map { $0 <= now } ?? true
        next = isLate ? Timestamp(nanoseconds: now.nanoseconds &+ 1_000_000_000) : due
        let second = meters.takeSecond()
        number += 1
        let figures = second.members(endingAt: now)
        seconds.append(.object(figures))
        if seconds.count > 2 * Pulse.capacity {
            seconds.removeFirst(seconds.count - Pulse.capacity)
        }
        members = figures.merging(meters.totals().members) { $1 }
        members["busy"] = .number(second.busy)
        members["dropped"] = .integer(drops)
        members["rules"] = .array(rules.hitCounts.map { [.integer($0.id), .integer($0.hits)] })
    }
}
