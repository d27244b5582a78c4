extension TallyCell {
    /// Counts a match, and returns whether the rate is exceeded: `over` and `hold`.
    ///
    /// It makes the same decisions as ``RateWindow``, under the lock of the key's shard.
    package func count(_ over: Pace.Over, at time: Int64) -> RateWindow.Verdict {
        if heldUntil != TallyCell.noTime {
            guard time >= heldUntil else { return .over }
            heldUntil = TallyCell.noTime
            hasTripped = false
            clearSlots()
        }
        let now = max(0, time) / over.slotLength
        switch layout.slotWidth {
        case 1: advance(to: now, UInt8.self)
        case 2: advance(to: now, UInt16.self)
        default: advance(to: now, UInt32.self)
        }
        guard total < over.limit else { return trip(over, at: time) }
        switch layout.slotWidth {
        case 1: increase(UInt8.self)
        case 2: increase(UInt16.self)
        default: increase(UInt32.self)
        }
        hasTripped = false
        return .under
    }

    private func trip(_ over: Pace.Over, at time: Int64) -> RateWindow.Verdict {
        if over.hold > 0 {
            let (end, overflow) = time.addingReportingOverflow(over.hold)
            heldUntil = overflow ? .max : end
            return .trip
        }
        defer { hasTripped = true }
        return hasTripped ? .over : .trip
    }

    private func clearSlots() {
        total = 0
        let bytes = layout.stateBytes - 32
        slots.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    }

    private func increase<Count: FixedWidthInteger & BitwiseCopyable>(_: Count.Type) {
        let offset = Int(slot & 63) * MemoryLayout<Count>.size
        let count = slots.load(fromByteOffset: offset, as: Count.self)
        slots.storeBytes(of: count + 1, toByteOffset: offset, as: Count.self)
        total += 1
    }

    /// Moves the window on: slots that leave it expire whole.
    private func advance<Count: FixedWidthInteger & BitwiseCopyable>(to now: Int64, _: Count.Type) {
        guard now > slot else { return }
        defer { slot = now }
        guard now - slot < Pace.Over.slots, total > 0 else {
            if total > 0 { clearSlots() }
            return
        }
        for expiring in slot + 1...now {
            let offset = Int(expiring & 63) * MemoryLayout<Count>.size
            total -= UInt32(slots.load(fromByteOffset: offset, as: Count.self))
            slots.storeBytes(of: 0, toByteOffset: offset, as: Count.self)
        }
    }
}
