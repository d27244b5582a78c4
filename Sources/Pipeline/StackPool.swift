/// What a listener or a client runs on a loop: one type of stack, how to make one, and the memory
/// that this loop's stacks of it live in.
struct StackPool: ~Copyable {
    let type: StackType
    let make: StackMaker
    var memory: StackMemory
    /// Names the listener that it belongs to; nil for a client's.
    let serial: UInt64?
    /// Whether it takes no more connections, and is gone with its last: one whose listener is closed
    /// or runs other stacks now, and a client's from the start.
    var isRetired: Bool
    /// When the time of grace of its connections is over.
    var graceEnd = Instant.never
    /// Those who wait for its end.
    var completions: [Completion] = []
    /// The connections that its stacks have asked for and that are still to be started.
    var requests = 0

    /// Whether its listener is closed.
    var isClosed = false

    /// Keeps a completion until the pool is gone, if it is the listener's.
    mutating func note(_ completion: Completion, of serial: UInt64) {
        guard self.serial == serial, completions.last !== completion else { return }
        completions.append(completion)
    }

    private init(_ recipe: StackRecipe, of serial: UInt64?) {
        type = recipe.type
        make = recipe.make
        memory = StackMemory(size: recipe.type.size, alignment: recipe.type.alignment)
        self.serial = serial
        isRetired = serial == nil
    }

    /// Makes a pool in memory of its own; ``endIfUnused(_:)`` frees it.
    static func make(
        _ recipe: StackRecipe, of serial: UInt64? = nil
    ) -> UnsafeMutablePointer<StackPool> {
        let stacks = UnsafeMutablePointer<StackPool>.allocate(capacity: 1)
        stacks.initialize(to: StackPool(recipe, of: serial))
        return stacks
    }

    /// Frees a pool that has neither a listener nor a connection any more, nor will have one.
    static func endIfUnused(_ stacks: UnsafeMutablePointer<StackPool>) {
        guard stacks.pointee.isRetired, stacks.pointee.memory.inUse == 0,
            stacks.pointee.requests == 0
        else { return }
        stacks.deinitialize(count: 1)
        stacks.deallocate()
    }

    /// Stands where there is no pool.
    ///
    /// Nobody reads or writes it, so threads share nothing by it.
    nonisolated(unsafe) static let none = UnsafeMutablePointer<StackPool>.allocate(capacity: 1)
}
