internal import BlackholePipeline

/// The settings of a pace as plain numbers, in nanoseconds since the start of the process.
package struct Pace: Sendable, BitwiseCopyable {
    let after: UInt64
    let first: UInt64
    let every: UInt64
    let chance: Chance
    let over: Over?
    let grey: Grey?
    let start: Int64
    let end: Int64
    /// Whether `over` or `grey` decides which matches are counted at all.
    let hasGate: Bool

    /// `over=` and `hold=`.
    package struct Over: Sendable, BitwiseCopyable {
        let limit: UInt64
        let slotLength: Int64
        let hold: Int64

        /// The number of slots, the current one among them, that make a window.
        static let slots: Int64 = 64

        package init(_ rate: PaceSettings.Rate, hold: Duration) {
            limit = rate.limit
            // A slot expires whole when 63 more have passed, so those 63 must cover a period: then
            // what it held lies a period back, wherever in the slot it was.
            let covering = Over.slots - 1
            slotLength = (rate.period.nanosecondsClamped + (covering - 1)) / covering
            self.hold = max(0, hold.nanosecondsClamped)
        }
    }

    /// `grey=`.
    struct Grey: Sendable, BitwiseCopyable {
        let opens: Int64
        let closes: Int64

        init(_ window: Range<Duration>) {
            opens = window.lowerBound.nanosecondsClamped
            // At least the instant of the first attempt, or nothing would be let through or refused.
            closes = max(1, window.upperBound.nanosecondsClamped)
        }
    }

    init(_ settings: PaceSettings) {
        after = settings.after
        first = settings.first
        every = max(1, settings.every)
        chance = settings.chance
        over = settings.over.map { Over($0, hold: settings.hold) }
        grey = settings.grey.map(Grey.init)
        start = settings.during?.lowerBound.nanosecondsClamped ?? .min
        end = settings.during?.upperBound.nanosecondsClamped ?? .max
        hasGate = over != nil || grey != nil
    }

    /// Returns whether `during` lets the rule match.
    func isInForce(at time: Int64) -> Bool {
        time >= start && time < end
    }

    /// Returns whether the rule may fire at its `count`-th match, from 1, by its counts alone.
    func fires(at count: UInt64) -> Bool {
        guard count > after else { return false }
        let place = count - after
        return place <= first && place % every == 0
    }
}
