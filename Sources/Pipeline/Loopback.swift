/// A connection without a socket: drives any stack as the event loop does, by the loop's own code,
/// with a clock that only the caller moves.
///
/// What a ``Waker`` has asked for, on whatever thread, is done at the start of the next step: when
/// bytes are sent, say, or the clock is advanced, be it by nothing.
///
/// ```swift
/// var loopback = Loopback { _ in Echo() }
/// loopback.send("hello")
/// #expect(loopback.takeOutput() == "hello")
/// ```
public struct Loopback: ~Copyable {
    private var loop: EventLoop<MemoryKernel>
    private var socket = MemoryKernel.Socket()
    /// The counters of the loop.
    public let counters: Counters

    /// Makes a loopback with no connection yet.
    public init(limits: LoopLimits = LoopLimits(), seed: UInt64 = 0) {
        counters = Counters()
        let kernel = MemoryKernel()
        // A stack sees all that it is sent, and there is no other connection than the one.
        kernel.discards = false
        kernel.keepsHistory = false
        kernel.connectFailure = 111
        loop = EventLoop(
            kernel: kernel, counters: counters, seed: seed, limits: limits,
            report: { _ in })
    }

    /// Makes a loopback and opens a connection.
    @inlinable
    public init<Handler: ByteHandler & ~Copyable>(
        limits: LoopLimits = LoopLimits(), seed: UInt64 = 0,
        _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) {
        self.init(limits: limits, seed: seed)
        open(make)
    }

    /// Opens a new connection; the one before is reset.
    @inlinable
    public mutating func open<Handler: ByteHandler & ~Copyable>(
        _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) {
        open(StackRecipe(make))
    }

    @usableFromInline
    mutating func open(_ recipe: StackRecipe) {
        reset()
        socket = MemoryKernel.Socket()
        loop.open(loop.kernel.open(socket), recipe)
        run()
    }

    /// Sends bytes to the stack, in one segment or in pieces of `size` bytes.
    public mutating func send(_ bytes: [UInt8], inPiecesOf size: Int = .max) {
        precondition(size > 0, "a piece has a byte")
        var start = 0
        while start < bytes.count {
            let end = start + min(size, bytes.count - start)
            socket.send(Array(bytes[start..<end]))
            run()
            start = end
        }
    }

    /// Sends text to the stack, in one segment or in pieces of `size` bytes.
    public mutating func send(_ text: String, inPiecesOf size: Int = .max) {
        send(Array(text.utf8), inPiecesOf: size)
    }

    /// Takes what the stack has said since the last call.
    public mutating func takeBytes() -> [UInt8] { socket.takeOutput() }

    /// Takes what the stack has said since the last call, as text.
    public mutating func takeOutput() -> String {
        String(decoding: takeBytes(), as: UTF8.self)
    }

    /// Says that the peer will send no more (FIN).
    public mutating func end() {
        socket.end()
        run()
    }

    /// Resets the connection from the peer's side (RST).
    public mutating func reset() {
        socket.reset()
        run()
    }

    /// Moves the clock on; what becomes due meanwhile happens at its time.
    public mutating func advance(by duration: Duration) {
        let end = min(loop.kernel.time + duration, Instant(nanoseconds: .max - 1))
        run()
        while loop.nextWakeTime <= end {
            loop.kernel.time = max(loop.kernel.time, loop.nextWakeTime)
            loop.turn()
            run()
        }
        loop.kernel.time = end
        loop.turn()
        run()
    }

    /// The peer takes no more than `bytes` more of output until ``read(_:)`` is called.
    public mutating func limitWindow(to bytes: Int) {
        socket.window = bytes
    }

    /// The peer takes `bytes` more of output.
    public mutating func read(_ bytes: Int) {
        let (window, isOver) = socket.window.addingReportingOverflow(bytes)
        socket.window = isOver ? .max : window
        run()
    }

    /// Stops the loop, as ``EventLoops/stop(grace:)`` does.
    public mutating func stop(grace: Duration) {
        loop.stop(grace: grace)
        run()
        if grace == .zero { advance(by: .zero) }
    }

    /// How the stack's side was closed; nil while it is open.
    public var closing: LoopbackClosing? { socket.closing }

    /// The connections that the loop holds: 0 or 1.
    public var connectionCount: Int { loop.connectionCount }

    /// When the loop will do something by itself; ``Instant/never`` if nothing is due.
    public var nextWakeTime: Instant { loop.nextWakeTime }

    /// The bytes that the loop keeps for the connection: input not consumed and output not taken.
    public var keptBytes: Int { loop.keptBytes }

    private mutating func run() {
        while loop.takeMail() || loop.kernel.hasEvents || !loop.isQuiet { loop.turn() }
    }
}
