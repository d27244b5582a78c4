/// What a layer may use besides its own state: passed down the stack as `inout`, one per loop.
public struct Context: ~Copyable {
    /// What goes to the peer; the loop sends it when the call returns.
    public var output: ByteQueue
    /// Room for a layer that translates, empty between calls: what it reads for the layer inside.
    public var inputScratch = ByteQueue()
    /// Room for a layer that translates, empty between calls: what the layer inside says.
    public var outputScratch = ByteQueue()
    /// The time of this turn of the loop.
    public var now: Instant
    /// When the connection gets ``ConnectionEvent/expired``.
    ///
    /// It is the connection's one deadline: moving it costs a store, however many there are.
    public var deadline: Instant
    /// The loop's random source, seeded at its start.
    public var random: RandomSource
    /// Whether the connection has been told to stop, see ``ConnectionEvent/stopping``.
    public var isStopping: Bool
    /// Whether the connection has yielded (``Verdict/yield``), and now has its turn for costly work.
    public internal(set) var hasYielded = false
    /// Whether the peer is read, and a ``Waker``'s calls reach the stack, although output waits for the peer
    /// to take it; false at first.
    ///
    /// A layer that hands on what it reads, and answers nothing, sets it in ``ByteHandler/handle(_:_:)``:
    /// otherwise two that do so stop each other. It outputs nothing while ``isSending`` is true, and gets
    /// ``ConnectionEvent/woken`` when the output is out.
    public var readsWhileSending = false
    /// Whether output waits for the peer to take it; only a stack that ``readsWhileSending`` is called then,
    /// but for ``ConnectionEvent/stopping``, ``ConnectionEvent/aborting`` and ``ConnectionEvent/closed``.
    public internal(set) var isSending = false
    /// Whether a waker has called by the time that a pause ends.
    var isCalled = false
    /// Whether a connection was refused for want of room: those whose peers have left give theirs up.
    @usableFromInline var lacksRoom = false
    /// The loop's counters.
    public let counters: Counters
    /// From this many bytes of output on a layer should return ``Verdict/flush``.
    public let maximumOutputBytes: Int
    /// The connection that is called, as its ``Waker`` names it.
    var token: UInt64 = 0
    /// Where the loop hears from other threads; nil where there is no loop.
    var mailbox: Mailbox?
    /// What the connection that is called runs; nil where there is no loop.
    var stacks: UnsafeMutablePointer<StackPool>?
    /// The connections that stacks have asked for; the loop starts them at the end of its turn.
    var requests: [ConnectionRequest] = []

    /// Makes a context for a loop, or for a test without one.
    public init(
        counters: Counters = Counters(), seed: UInt64 = 0, maximumOutputBytes: Int = 64 * 1024
    ) {
        // Room for one reply above the mark, so that a connection that flushes never reallocates.
        output = ByteQueue(capacity: maximumOutputBytes + 8 * 1024)
        now = Instant(nanoseconds: 0)
        deadline = .never
        random = RandomSource(seed: seed)
        isStopping = false
        self.counters = counters
        self.maximumOutputBytes = maximumOutputBytes
    }

    /// What ends a pause of this connection from any thread.
    ///
    /// It costs nothing until it is asked for; without a loop it does nothing.
    public var waker: Waker { Waker(mailbox: mailbox, token: token) }

    /// Whether the output has reached its mark: time to return ``Verdict/flush``.
    @inlinable
    public var isOutputFull: Bool { output.count >= maximumOutputBytes }
}
