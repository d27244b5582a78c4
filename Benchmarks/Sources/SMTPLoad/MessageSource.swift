package import BlackholePipeline

/// When the messages of an open loop are due, whatever becomes of those before.
package struct Schedule: BitwiseCopyable, Sendable {
    /// Messages a second.
    package let rate: Double

    /// Makes a schedule of so many messages a second.
    package init(rate: Double) {
        precondition(rate > 0, "a rate is positive")
        self.rate = rate
    }

    /// When message `number` is due, counted from 0.
    package func time(of number: Int, from start: Instant) -> Instant {
        start.advanced(byNanoseconds: Int64(Double(number) / rate * 1_000_000_000))
    }

    /// How many messages are due in so long a time; the first one is at its start.
    package func count(in nanoseconds: Int64) -> Int {
        nanoseconds <= 0 ? 0 : Int((Double(nanoseconds) * rate / 1_000_000_000).rounded(.up))
    }
}

/// Gives out the messages of a loop: so many of them, or for so long; at once, or by a schedule.
///
/// Whoever is free takes the next. What is overdue is given out all the same, with the time at which
/// it should have been sent: so nothing that falls behind is left out of the count.
package struct MessageSource: BitwiseCopyable, Sendable {
    package enum Turn: BitwiseCopyable, Sendable, Equatable {
        /// Send one at once.
        case now
        /// Send one at once, which was due at that time.
        case due(Instant)
        /// Wait until then and send one.
        case later(Instant)
        /// There is none any more.
        case none
    }

    /// How many are to be given out; `.max` where time alone decides.
    package let limit: Int
    private let schedule: Schedule?
    private let nanoseconds: Int64?
    /// How long a schedule waits for the other connections, behind the first.
    private let lead: Duration
    /// When the time begins: when the first one was asked for, or the schedule's start.
    package private(set) var start: Instant?
    /// The messages given out.
    package private(set) var taken = 0

    package init(
        messages: Int?, seconds: Double?, schedule: Schedule? = nil, lead: Duration = .zero
    ) {
        self.lead = lead
        let time = seconds.map { Int64($0 * 1_000_000_000) }
        let scheduled = time.flatMap { schedule?.count(in: $0) }
        limit = min(messages ?? .max, scheduled ?? .max)
        nanoseconds = time
        self.schedule = schedule
    }

    /// Gives out a message.
    package mutating func take(at now: Instant) -> Turn {
        let start = begin(at: now)
        guard taken < limit, now < end(from: start) else { return .none }
        guard let schedule else {
            taken += 1
            return .now
        }
        let time = schedule.time(of: taken, from: start)
        taken += 1
        return time <= now ? .due(time) : .later(time)
    }

    /// Whether they are due by a schedule.
    package var isScheduled: Bool { schedule != nil }

    /// How many may be given out at most from `now` on.
    package func left(at now: Instant) -> Int {
        if let start, now >= end(from: start) { return 0 }
        return limit - taken
    }

    /// How many were due until `now` and have not been given out.
    package func overdue(at now: Instant) -> Int {
        guard let schedule, let start else { return 0 }
        let due = schedule.count(in: now.nanoseconds - start.nanoseconds)
        return max(0, min(due, limit) - taken)
    }

    private mutating func begin(at now: Instant) -> Instant {
        if let start { return start }
        let first = schedule == nil ? now : now + lead
        start = first
        return first
    }

    private func end(from start: Instant) -> Instant {
        nanoseconds.map { start.advanced(byNanoseconds: $0) } ?? .never
    }
}
