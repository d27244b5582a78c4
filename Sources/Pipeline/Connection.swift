/// A connection as its loop keeps it: one slot of the ``ConnectionSlab``.
///
/// It owns no buffer while it is idle: `held` and `unsent` have memory only while a line is
/// incomplete, a stack is paused, or the peer does not read.
struct Connection: ~Copyable {
    /// What the loop does with the slot.
    enum Phase: BitwiseCopyable {
        /// No connection. Next: `connecting` or `open`.
        case free
        /// Outgoing, not established. Next: `open` or `free`.
        case connecting
        /// The stack is in charge. Next: `closing`, `lingering` or `free`.
        case open
        /// The stack is done, its last words wait in `unsent`. Next: `lingering` or `free`.
        case closing
        /// The last words and the FIN are out; what still comes is dropped. Next: `free`.
        case lingering
    }

    /// What the loop does with what the peer sends, while the stack is in charge.
    enum Flow: BitwiseCopyable {
        /// It is read as it comes, and offered.
        case reading
        /// What is held is offered, although nothing new has come.
        case offering
        /// The stack waits for a time, or for its ``Waker``.
        case paused
        /// The pause is over, but output waits: the stack is told when that is out.
        case resuming
        /// The stack waits in line for a turn for costly work.
        case yielding
        /// It is read, but first the stack is told that its ``Waker`` has called, when no output waits.
        case woken
    }

    /// The end of our own stream.
    enum OwnEnd: BitwiseCopyable {
        /// There may be more output.
        case none
        /// It follows what waits in `unsent`.
        case waiting
        /// The FIN is out.
        case sent
    }

    /// The end of the peer's stream.
    enum PeerEnd: BitwiseCopyable {
        /// It may still send.
        case none
        /// The end has been read.
        case read
        /// The stack has been told.
        case told
    }

    /// What a slot keeps from one use to the next.
    struct Place: BitwiseCopyable {
        /// When the slot's entry in ``Deadlines`` comes up; the entry outlives the connection.
        var entered = Instant.never
        /// Counts the uses of the slot: an event for an earlier use is told by it.
        var generation: UInt32 = 0
        /// The slot is in the queue of this turn or the next.
        var isQueued = false
    }

    // The order leaves no gaps: each 8 bytes here are 8 of every connection.
    var place = Place()
    var phase = Phase.free
    var flow = Flow.reading
    var peerEnd = PeerEnd.none
    var ownEnd = OwnEnd.none
    /// Bytes, or the end, may be there to be read.
    var isReadable = false
    /// The peer's window is full: nothing can be sent until it is told otherwise.
    var isBlocked = false
    /// The kernel was asked to tell when it can be written to.
    var watchesWriting = false
    /// The end of the peer's stream is known to be there, behind what can still be read.
    var isHungUp = false
    /// The stack keeps input in another form, see ``Intake/keepsInput``.
    var keepsInput = false
    /// It is TCP's, whose bytes the kernel can drop.
    var isTCP = false
    /// A ``Waker`` has called since the stack was last resumed: a pause ends at once.
    var isWoken = false
    /// It is read although output waits, see ``Context/readsWhileSending``.
    var readsWhileSending = false
    /// The stack has been told to stop.
    var isStopping = false
    var descriptor: Int32 = -1
    /// Bytes to come that nobody looks at, see ``Intake/discardable``.
    var discardable: Int32 = 0
    /// From how many bytes on the kernel tells that it is readable.
    var readMark: Int32 = 1
    var stacks: UnsafeMutablePointer<StackPool>
    var stack: UnsafeMutableRawPointer
    /// The stack's own deadline.
    var deadline = Instant.never
    /// When the pause ends.
    var resumption = Instant.never
    /// Input that the stack did not consume.
    var held = ByteQueue()
    /// Output that the peer did not take.
    var unsent = ByteQueue()

    /// When the slot must be looked at.
    var wakeTime: Instant { flow == .paused ? resumption : deadline }

    /// What epoll hands back with an event for this use of the slot `index`.
    func token(at index: Int) -> UInt64 {
        UInt64(place.generation) << 32 | UInt64(index)
    }
}

/// The connections of a loop, in memory that never moves and is never given back.
struct ConnectionSlab: ~Copyable {
    private var chunks: [UnsafeMutablePointer<Connection>] = []
    private var freeSlots: [Int32] = []
    /// The slots in use.
    private(set) var count = 0

    private static let chunkSlots = 256

    deinit {
        for chunk in chunks {
            chunk.deinitialize(count: ConnectionSlab.chunkSlots)
            chunk.deallocate()
        }
    }

    /// Every slot, in use or not.
    var slots: Range<Int> { 0..<chunks.count * ConnectionSlab.chunkSlots }

    subscript(index: Int) -> UnsafeMutablePointer<Connection> {
        chunks[index / ConnectionSlab.chunkSlots] + index % ConnectionSlab.chunkSlots
    }

    /// Takes a free slot into use under a new generation.
    mutating func take(
        _ descriptor: Int32, phase: Connection.Phase, stacks: UnsafeMutablePointer<StackPool>,
        stack: UnsafeMutableRawPointer
    ) -> Int {
        if freeSlots.isEmpty { grow() }
        let index = Int(freeSlots.removeLast())
        let slot = self[index]
        var place = slot.pointee.place
        place.generation = (place.generation + 1) % ListenerToken.generation
        slot.pointee = Connection(
            place: place, phase: phase, isBlocked: phase == .connecting,
            watchesWriting: phase == .connecting, descriptor: descriptor, stacks: stacks,
            stack: stack)
        count += 1
        return index
    }

    /// Gives a slot back.
    mutating func give(_ index: Int) {
        self[index].pointee.phase = .free
        self[index].pointee.descriptor = -1
        freeSlots.append(Int32(index))
        count -= 1
    }

    private mutating func grow() {
        let slots = ConnectionSlab.chunkSlots
        let chunk = UnsafeMutablePointer<Connection>.allocate(capacity: slots)
        let first = chunks.count * slots
        chunks.append(chunk)
        for index in 0..<slots { (chunk + index).initialize(to: Connection.unused) }
        freeSlots.append(contentsOf: (first..<first + slots).reversed().map { Int32($0) })
    }
}

extension Connection {
    /// A slot that was never in use.
    ///
    /// Its stack and the pool of it are placeholders: only ``ConnectionSlab/take(_:phase:stacks:stack:)``
    /// sets a phase that reads them.
    static var unused: Connection {
        Connection(stacks: StackPool.none, stack: UnsafeMutableRawPointer(StackPool.none))
    }
}
