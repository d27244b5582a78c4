internal import CLinux
internal import Glibc
internal import Synchronization

/// A pool of event loops, each on a thread of its own, that share nothing.
///
/// ```swift
/// let loops = try EventLoops(count: 2)
/// let address = try loops.listen(on: .loopback()) { _ in Echo() }
/// …
/// loops.stop()
/// ```
///
/// All of its functions may be called from any thread but those of its own loops.
public final class EventLoops: Sendable {
    private let members: [Member]
    private let limits: LoopLimits
    private let state: Mutex<State>
    /// Held by the one who joins the threads, so that the others wait for it.
    private let joining = Mutex(())
    /// Whether the threads have been joined.
    ///
    /// Written under the lock, and yet an atomic:
    /// ThreadSanitizer does not see that a contended `Mutex` orders anything.
    private let isOver = Atomic(false)

    fileprivate struct Member: Sendable {
        let mailbox: Mailbox
        let counters: Counters
        let thread: LoopThread
    }

    private struct State {
        var isStopping = false
        var next = 0
        /// The unix-domain sockets to remove at the stop.
        var paths: [String] = []
    }

    /// Starts the loops.
    ///
    /// - Parameters:
    ///   - count: how many loops, at least 1; by default one for each processor.
    ///   - seed: the seed of the loops' random sources, which differ from each other.
    ///   - report: hears, on a loop's thread, of trouble that does not end the loop.
    public init(
        count: Int = EventLoops.processors, limits: LoopLimits = LoopLimits(),
        seed: UInt64 = .random(in: .min ... .max),
        report: @escaping @Sendable (LoopTrouble) -> Void = { _ in }
    ) throws(SystemError) {
        precondition(count > 0, "a pool has a loop")
        self.limits = limits
        state = Mutex(State())
        var members: [Member] = []
        do throws(SystemError) {
            for number in 0..<count {
                members.append(try Member(number: number, limits, seed, report))
            }
        } catch {
            for member in members {
                member.mailbox.post(.stop(grace: .zero))
                member.thread.join()
            }
            throw error
        }
        self.members = members
    }

    deinit {
        stop()
    }

    /// The processors that this process may run on.
    public static var processors: Int {
        max(1, Int(clinux_processors()))
    }

    /// How many loops there are.
    public var count: Int { members.count }

    /// Listens on an address and runs a stack of its own for every connection.
    ///
    /// When it returns the socket is bound and connections are queued. A pool that has been stopped
    /// refuses.
    ///
    /// - Parameter make: makes a connection's stack; called on the connection's loop.
    /// - Returns: the address as bound: with the port that the kernel chose for port 0.
    @inlinable
    public func listen<Handler: ByteHandler & ~Copyable>(
        on address: SocketAddress, _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) throws(SystemError) -> SocketAddress {
        let listener = try bind(address)
        let bound = listener.address
        try listen(on: listener, make)
        return bound
    }

    /// Accepts from a listener that was bound before, and runs a stack of its own for every
    /// connection.
    ///
    /// A pool that has been stopped refuses, and then the listener is gone.
    ///
    /// - Parameters:
    ///   - listener: bound for at most as many loops as there are.
    ///   - make: makes a connection's stack; called on the connection's loop.
    @inlinable
    public func listen<Handler: ByteHandler & ~Copyable>(
        on listener: consuming BoundListener,
        _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) throws(SystemError) {
        try listen(on: listener, running: StackRecipe(make))
    }

    /// Connects and runs a stack as the client.
    ///
    /// The stack hears ``Event/opened`` when the connection is established, and in any case
    /// ``Event/closed`` at the end; what it finds out it hands on itself. A pool that has ended
    /// makes no stack.
    @inlinable
    public func connect<Handler: ByteHandler & ~Copyable>(
        to address: SocketAddress, _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) {
        connect(to: address, running: StackRecipe(make))
    }

    /// What a counter stands at, summed over the loops.
    public subscript(counter: Counter) -> UInt64 {
        members.reduce(0) { $0 &+ $1.counters[counter] }
    }

    /// Accepts no more, lets what is in flight finish for `grace` at the longest, and returns when
    /// every connection is closed and every thread gone.
    ///
    /// May be called again meanwhile, from another thread, to shorten the time of grace; every call
    /// returns when all is over.
    public func stop(grace: Duration = .zero) {
        let paths = state.withLock { state in
            defer { state.paths = [] }
            state.isStopping = true
            return state.paths
        }
        // While the sockets still listen: after that the path may be another server's already.
        for path in paths { unlink(path) }
        for member in members { member.mailbox.post(.stop(grace: grace)) }
        joining.withLock { _ in
            guard !isOver.load(ordering: .acquiring) else { return }
            for member in members { member.thread.join() }
            isOver.store(true, ordering: .releasing)
        }
    }

    @usableFromInline
    func bind(_ address: SocketAddress) throws(SystemError) -> BoundListener {
        try BoundListener(address, loops: count, backlogMax: limits.backlogMax)
    }

    @usableFromInline
    func listen(
        on listener: consuming BoundListener, running recipe: StackRecipe
    ) throws(SystemError) {
        let address = listener.address
        let (descriptors, path) = try listener.release(loops: count)
        let isStopping = state.withLock { state in
            if let path, !state.isStopping { state.paths.append(path) }
            return state.isStopping
        }
        if isStopping, let path { unlink(path) }
        for (member, descriptor) in zip(members, descriptors)
        where isStopping || !member.mailbox.post(.listen(descriptor, at: address, recipe)) {
            _ = close(descriptor)
        }
        guard !isStopping else { throw SystemError("listen on \(address)", code: ECANCELED) }
    }

    @usableFromInline
    func connect(to address: SocketAddress, running recipe: StackRecipe) {
        let index = state.withLock { state in
            defer { state.next = (state.next + 1) % members.count }
            return state.next
        }
        members[index].mailbox.post(.connect(address, recipe))
    }
}

extension EventLoops.Member {
    fileprivate init(
        number: Int, _ limits: LoopLimits, _ seed: UInt64,
        _ report: @escaping @Sendable (LoopTrouble) -> Void
    ) throws(SystemError) {
        let mailbox = try Mailbox()
        let counters = Counters()
        // The kernel is made here, where its failure can be told, and moves into the thread.
        let poller = try LinuxKernel.makePoller(waking: mailbox.wakeDescriptor)
        var seeds = RandomSource(seed: seed &+ UInt64(truncatingIfNeeded: number))
        let loopSeed = seeds.next()
        self.mailbox = mailbox
        self.counters = counters
        do throws(SystemError) {
            thread = try LoopThread(name: "loop-\(number)") {
                var loop = EventLoop(
                    kernel: LinuxKernel(poller: poller), number: number, counters: counters,
                    seed: loopSeed, limits: limits, report: report)
                loop.run(mailbox)
            }
        } catch {
            _ = close(poller)
            throw error
        }
    }
}
