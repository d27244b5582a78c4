internal import Synchronization

/// The sliding window of a rule without `per=`: `over` and `hold` for any number of threads, without
/// a lock.
///
/// One word decides: the current slot with its count, or the end of the hold. Closed slots are in a
/// ring. The old slot's count enters the ring before the word moves on to a new slot, and never changes
/// again. So a thread that reads the word, then the ring, and then finds the word unchanged, has seen
/// one consistent state.
package final class RateWindow: Sendable {
    private let over: Pace.Over
    private let word: Atomic<UInt64>
    /// Closed slots: the number and the count of each, at the number modulo 64.
    private let ring: InlineArray<64, Atomic<UInt64>>
    /// The first slot that counts: no earlier than the end of the last hold.
    private let firstSlot: Atomic<UInt64>

    /// How a match relates to the rate.
    package enum Verdict: Sendable {
        /// The rate is kept: the rule does not match.
        case under
        /// The rate is exceeded, and was before.
        case over
        /// The rate is exceeded from now on.
        case trip
    }

    package init(_ over: Pace.Over) {
        self.over = over
        word = Atomic(0)
        ring = InlineArray { _ in Atomic(0) }
        firstSlot = Atomic(0)
    }

    /// Counts a match at a time since the start of the process.
    package func count(at time: Int64) -> Verdict {
        let time = UInt64(max(0, time))
        var seen = State(bits: word.load(ordering: .acquiring))
        while true {
            let (next, verdict) = step(from: seen, at: time)
            if next.bits == seen.bits {
                let current = word.load(ordering: .acquiring)
                if current == seen.bits { return verdict }
                seen = State(bits: current)
                continue
            }
            let (exchanged, original) = word.compareExchange(
                expected: seen.bits, desired: next.bits, ordering: .acquiringAndReleasing)
            if exchanged { return verdict }
            seen = State(bits: original)
        }
    }

    /// Whether the latch holds, of a rate that has one.
    package func isHeld(at time: Int64) -> Bool {
        State(bits: word.load(ordering: .acquiring)).holdEnd.map { UInt64(max(0, time)) < $0 }
            ?? false
    }

    /// Returns what a match makes of a state that it has read.
    private func step(from seen: State, at time: UInt64) -> (State, Verdict) {
        if let end = seen.holdEnd {
            guard time >= end else { return (seen, .over) }
            _ = firstSlot.max(slot(at: end), ordering: .acquiringAndReleasing)
            guard over.limit > 0 else { return (trip(seen, at: time), .trip) }
            return (State(slot: slot(at: time), count: 1), .under)
        }
        // Each loop reads the clock once a turn: another may have counted at a later time.
        let slot = max(slot(at: time), seen.slot)
        guard sum(of: seen, at: slot) < over.limit else {
            return seen.hasTripped ? (seen, .over) : (trip(seen, at: time), .trip)
        }
        if slot == seen.slot {
            return (State(slot: slot, count: seen.count + 1), .under)
        }
        _ = ring[seen.slotInRing].max(seen.closedSlot, ordering: .acquiringAndReleasing)
        return (State(slot: slot, count: 1), .under)
    }

    /// The state after a trip: held, or exceeded until a match is let through again.
    private func trip(_ seen: State, at time: UInt64) -> State {
        over.hold > 0 ? State(holdEnd: time, adding: over.hold) : seen.tripped
    }

    /// What was let through in the 64 slots that end with `slot`.
    private func sum(of seen: State, at slot: UInt64) -> UInt64 {
        let window = UInt64(Pace.Over.slots)
        let first = max(
            firstSlot.load(ordering: .acquiring), slot >= window ? slot - (window - 1) : 0)
        var sum = seen.slot >= first ? seen.count : 0
        var past = first
        while past < seen.slot {
            let closed = ring[Int(past % window)].load(ordering: .acquiring)
            if closed >> State.countBits == past { sum += closed & State.countMask }
            past += 1
        }
        return sum
    }

    private func slot(at time: UInt64) -> UInt64 {
        time / UInt64(over.slotLength)
    }
}

extension RateWindow {
    /// The word: held and until when, or a slot's number, whether the rate was exceeded at last, and
    /// the count.
    private struct State {
        var bits: UInt64

        static let countBits: UInt64 = 28
        static let countMask: UInt64 = 1 << countBits - 1
        private static let heldBit: UInt64 = 1 << 63
        private static let trippedBit: UInt64 = 1 << countBits

        init(bits: UInt64) {
            self.bits = bits
        }

        /// 34 bits of slots: eight years of the shortest ones there are in a rule.
        init(slot: UInt64, count: UInt64) {
            bits = slot << (State.countBits + 1) | count
        }

        init(holdEnd time: UInt64, adding hold: Int64) {
            bits = State.heldBit | min(time &+ UInt64(hold), State.heldBit - 1)
        }

        var holdEnd: UInt64? { bits & State.heldBit == 0 ? nil : bits & ~State.heldBit }
        var slot: UInt64 { bits >> (State.countBits + 1) }
        var count: UInt64 { bits & State.countMask }
        var hasTripped: Bool { bits & State.trippedBit != 0 }
        var tripped: State { State(bits: bits | State.trippedBit) }
        /// What the ring holds of the slot once it is closed.
        var closedSlot: UInt64 { slot << State.countBits | count }
        var slotInRing: Int { Int(slot % UInt64(Pace.Over.slots)) }
    }
}
