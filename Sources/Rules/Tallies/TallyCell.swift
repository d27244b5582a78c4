/// How the memory of a table is laid out: sets of eight keys, each with its state.
package struct TallyLayout: Sendable, BitwiseCopyable {
    /// The bytes of a slot's count: 1, 2 or 4, or 0 where no rate is counted.
    let slotWidth: Int
    /// The bytes of a key's state.
    let stateBytes: Int
    /// The bytes of a set, in whole cache lines, so that all its keys are in one.
    let setBytes: Int

    /// Keys in a set.
    static let ways = 8

    package init(slotWidth: Int) {
        self.slotWidth = slotWidth
        stateBytes = slotWidth == 0 ? 16 : 32 + slotWidth * Int(Pace.Over.slots)
        let bytes = TallyCell.headBytes + TallyLayout.ways * stateBytes
        setBytes = (bytes + 63) / 64 * 64
    }

    /// The layout with the least room in which a rate can be counted.
    init(for over: Pace.Over?) {
        switch over?.limit {
        case nil: self.init(slotWidth: 0)
        case .some(...0xFF): self.init(slotWidth: 1)
        case .some(...0xFFFF): self.init(slotWidth: 2)
        default: self.init(slotWidth: 4)
        }
    }
}

/// One key's place in a set.
///
/// A set begins with the tags of its keys, until when each is held, and when each was last used. The
/// states follow: the count, the first attempt and, where a rate is counted, its window.
package struct TallyCell {
    let base: UnsafeMutableRawPointer
    let way: Int
    let layout: TallyLayout

    static let headBytes = TallyLayout.ways * (8 + 8 + 4)
    /// The mark of a time that is not set.
    static let noTime = Int64.min

    private var state: UnsafeMutableRawPointer {
        base + (TallyCell.headBytes + way * layout.stateBytes)
    }

    /// The hash of the key; 0 where there is no key.
    var tag: UInt64 {
        get { base.load(fromByteOffset: way * 8, as: UInt64.self) }
        nonmutating set { base.storeBytes(of: newValue, toByteOffset: way * 8, as: UInt64.self) }
    }

    /// Until when the latch holds; none if it is open.
    package var heldUntil: Int64 {
        get { base.load(fromByteOffset: 64 + way * 8, as: Int64.self) }
        nonmutating set {
            base.storeBytes(of: newValue, toByteOffset: 64 + way * 8, as: Int64.self)
        }
    }

    /// The shard's tick at the last use.
    var lastUse: UInt32 {
        get { base.load(fromByteOffset: 128 + way * 4, as: UInt32.self) }
        nonmutating set {
            base.storeBytes(of: newValue, toByteOffset: 128 + way * 4, as: UInt32.self)
        }
    }

    /// The matches that were counted.
    package var count: UInt64 {
        get { state.load(as: UInt64.self) }
        nonmutating set { state.storeBytes(of: newValue, as: UInt64.self) }
    }

    /// The first attempt, of `grey=`.
    var firstAttempt: Int64 {
        get { state.load(fromByteOffset: 8, as: Int64.self) }
        nonmutating set { state.storeBytes(of: newValue, toByteOffset: 8, as: Int64.self) }
    }

    /// The number of the window's current slot.
    var slot: Int64 {
        get { state.load(fromByteOffset: 16, as: Int64.self) }
        nonmutating set { state.storeBytes(of: newValue, toByteOffset: 16, as: Int64.self) }
    }

    /// What all slots of the window have let through.
    var total: UInt32 {
        get { state.load(fromByteOffset: 24, as: UInt32.self) }
        nonmutating set { state.storeBytes(of: newValue, toByteOffset: 24, as: UInt32.self) }
    }

    /// Whether the rate was exceeded when it was last looked at.
    var hasTripped: Bool {
        get { state.load(fromByteOffset: 28, as: UInt32.self) != 0 }
        nonmutating set {
            state.storeBytes(of: newValue ? 1 : 0, toByteOffset: 28, as: UInt32.self)
        }
    }

    /// The counts of the window's slots, at their numbers modulo 64.
    var slots: UnsafeMutableRawPointer { state + 32 }

    /// Gives the place to a key that nothing is known of.
    func begin(_ tag: UInt64) {
        state.initializeMemory(as: UInt8.self, repeating: 0, count: layout.stateBytes)
        self.tag = tag
        heldUntil = TallyCell.noTime
        firstAttempt = TallyCell.noTime
    }
}
