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

    fileprivate struct State {
        var isStopping = false
        var next = 0
        /// The listeners so far: the last one's serial.
        var listeners: UInt64 = 0
        /// The files of unix-domain sockets to remove, by their listeners' serials.
        var paths: [UInt64: String] = [:]
    }

    /// Starts the loops.
    ///
    /// - Parameters:
    ///   - count: how many loops, at least 1; by default one for each processor.
    ///   - limits: the limits of each loop.
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
            var mailboxes: [Mailbox] = []
            for _ in 0..<count { mailboxes.append(try Mailbox.makeWaking()) }
            for number in 0..<count {
                members.append(try Member(number: number, mailboxes, limits, seed, report))
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

    /// Listens on an address until the pool stops: as ``open(on:_:)-(SocketAddress,_)`` does.
    ///
    /// - Returns: the address as bound: with the port that the kernel chose for port 0.
    @inlinable
    public func listen<Handler: ByteHandler & ~Copyable>(
        on address: SocketAddress, _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) throws(SystemError) -> SocketAddress {
        try open(on: address, make).address
    }

    /// Accepts from a listener that was bound before, until the pool stops.
    @inlinable
    public func listen<Handler: ByteHandler & ~Copyable>(
        on listener: consuming BoundListener,
        _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) throws(SystemError) {
        _ = try open(on: listener, make)
    }

    /// Listens on an address and runs a stack of its own for every connection.
    ///
    /// When it returns the socket is bound and connections are queued. A pool that has been stopped
    /// refuses.
    ///
    /// ```swift
    /// let listening = try loops.open(on: .loopback()) { _ in Echo() }
    /// …
    /// await loops.close(listening)
    /// ```
    ///
    /// - Parameters:
    ///   - address: where; port 0 leaves the choice to the kernel.
    ///   - make: makes a connection's stack; called on the connection's loop.
    /// - Returns: what the listener is closed by, if that is to be before the pool stops.
    @inlinable
    public func open<Handler: ByteHandler & ~Copyable>(
        on address: SocketAddress, _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) throws(SystemError) -> Listening {
        try open(on: bind(address), make)
    }

    /// Accepts from a listener that was bound before, and runs a stack of its own for every
    /// connection.
    ///
    /// A pool that has been stopped refuses, and then the listener is gone.
    ///
    /// - Parameters:
    ///   - listener: bound for at most as many loops as there are.
    ///   - make: makes a connection's stack; called on the connection's loop.
    /// - Returns: what the listener is closed by, if that is to be before the pool stops.
    @inlinable
    public func open<Handler: ByteHandler & ~Copyable>(
        on listener: consuming BoundListener,
        _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) throws(SystemError) -> Listening {
        try open(on: listener, running: StackRecipe(make))
    }

    /// Closes one listener: accepts no more from it, and lets what is in flight on its connections
    /// finish for `grace` at the longest; the pool's other connections hear nothing of it.
    ///
    /// It may be called again, to shorten the time of grace, and after the listener or the pool is
    /// gone. The file of a unix-domain socket is removed when this returns.
    ///
    /// - Parameters:
    ///   - listening: a listener of this pool.
    ///   - grace: how long its connections may take to finish.
    ///   - whenDone: called once, when the listener's sockets and connections are closed on every
    ///     loop: on a loop's thread, or before this returns. It must neither wait for anything nor
    ///     keep the pool.
    public func close(
        _ listening: Listening, grace: Duration = .zero,
        whenDone: @escaping @Sendable () -> Void
    ) {
        precondition(listening.pool == ObjectIdentifier(self), "a pool closes its own listeners")
        state.withLock { $0.removePath(of: listening.serial) }
        let completion = Completion(whenDone)
        for member in members {
            member.mailbox.post(.close(listening.serial, grace: grace, completion))
        }
    }

    /// Closes one listener, and returns when its sockets and connections are closed on every loop.
    public func close(_ listening: Listening, grace: Duration = .zero) async {
        await withCheckedContinuation { done in
            close(listening, grace: grace) { done.resume() }
        }
    }

    /// Connects and runs a stack as the client.
    ///
    /// The stack hears ``Event/opened`` when the connection is established, and in any case
    /// ``Event/closed`` at the end; what it finds out it hands on itself. A pool that has ended
    /// makes no stack. The loops take turns: each has the next connection.
    ///
    /// On a loop, ``Context/connect(to:from:)`` does so.
    ///
    /// - Parameters:
    ///   - address: where to.
    ///   - source: our own address; its port may be 0. By default the kernel chooses.
    ///   - make: makes the stack; called on its loop.
    @inlinable
    public func connect<Handler: ByteHandler & ~Copyable>(
        to address: SocketAddress, from source: SocketAddress? = nil,
        _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) {
        connect(to: address, from: source, running: StackRecipe(make))
    }

    /// What a counter stands at, summed over the loops.
    public subscript(counter: Counter) -> UInt64 {
        members.reduce(0) { $0 &+ $1.counters[counter] }
    }

    /// What a counter stands at on each loop: for those that hold no number of things.
    package func values(of counter: Counter) -> [UInt64] {
        members.map { $0.counters[counter] }
    }

    /// Accepts no more, lets what is in flight finish for `grace` at the longest, and returns when
    /// every connection is closed and every thread gone.
    ///
    /// May be called again meanwhile, from another thread, to shorten the time of grace; every call
    /// returns when all is over.
    public func stop(grace: Duration = .zero) {
        state.withLock { state in
            state.isStopping = true
            for serial in state.paths.keys { state.removePath(of: serial) }
        }
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
    func open(
        on listener: consuming BoundListener, running recipe: StackRecipe
    ) throws(SystemError) -> Listening {
        let address = listener.address
        let (descriptors, path) = try listener.release(loops: count)
        let (serial, isStopping) = state.withLock { state in
            state.listeners += 1
            state.paths[state.listeners] = path
            if state.isStopping { state.removePath(of: state.listeners) }
            return (state.listeners, state.isStopping)
        }
        for (member, descriptor) in zip(members, descriptors)
        where isStopping
            || !member.mailbox.post(.listen(descriptor, at: address, as: serial, recipe))
        {
            _ = Glibc.close(descriptor)
        }
        guard !isStopping else { throw SystemError("listen on \(address)", code: ECANCELED) }
        return Listening(address: address, serial: serial, pool: ObjectIdentifier(self))
    }

    @usableFromInline
    func connect(
        to address: SocketAddress, from source: SocketAddress?, running recipe: StackRecipe
    ) {
        let index = state.withLock { state in
            defer { state.next = (state.next + 1) % members.count }
            return state.next
        }
        members[index].mailbox.post(.connect(address, from: source, recipe))
    }
}

extension EventLoops.State {
    /// Removes the file of a listener's socket, if that is still to be done.
    ///
    /// While the socket still listens, and under the lock, so that it does until this is done:
    /// after that the path may be another server's already.
    fileprivate mutating func removePath(of serial: UInt64) {
        if let path = paths.removeValue(forKey: serial) { unlink(path) }
    }
}

extension EventLoops.Member {
    fileprivate init(
        number: Int, _ mailboxes: [Mailbox], _ limits: LoopLimits, _ seed: UInt64,
        _ report: @escaping @Sendable (LoopTrouble) -> Void
    ) throws(SystemError) {
        let mailbox = mailboxes[number]
        let neighbors = mailboxes.filter { $0 !== mailbox }
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
                    seed: loopSeed, limits: limits, mailbox: mailbox, neighbors: neighbors,
                    report: report)
                loop.run()
            }
        } catch {
            _ = Glibc.close(poller)
            throw error
        }
    }
}
