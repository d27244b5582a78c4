internal import BlackholeCLinux
internal import Glibc
internal import Synchronization

/// A pool of event loops, each on a thread of its own, that share nothing.
///
/// ```swift
/// let loops = try EventLoops(count: 2)
/// let address = try loops.listen(on: .loopback()) { _ in Echo() }
/// …
/// loops.stop()  // or, in an async function: await loops.close()
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

    struct Member: Sendable {
        let mailbox: Mailbox
        let counters: Counters
        let thread: LoopThread
    }

    struct State {
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

    /// Listens on an address until the pool stops: as ``open(on:_:)-(NetworkAddress,_)`` does.
    ///
    /// - Returns: the address as bound: with the port that the kernel chose for port 0.
    @inlinable
    public func listen<Handler: ByteHandler & ~Copyable>(
        on address: NetworkAddress, _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) throws(SystemError) -> NetworkAddress {
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
        on address: NetworkAddress, _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) throws(SystemError) -> Listener {
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
    ) throws(SystemError) -> Listener {
        try open(on: listener, running: StackRecipe(make))
    }

    /// Runs a stack of another kind, or with other settings, for every new connection of a listener.
    ///
    /// Connections that are there keep their stacks. Each loop hears of it by a message, so a
    /// connection that is accepted while this runs may still get a stack of the old kind. A listener
    /// that is closed stays so.
    ///
    /// - Parameters:
    ///   - listener: a listener of this pool.
    ///   - make: makes a connection's stack; called on the connection's loop.
    @inlinable
    public func replace<Handler: ByteHandler & ~Copyable>(
        _ listener: Listener, _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) {
        replace(listener, running: StackRecipe(make))
    }

    /// Closes one listener: accepts no more from it, and lets what is in flight on its connections
    /// finish for `grace` at the longest; the pool's other connections hear nothing of it.
    ///
    /// It may be called again, to shorten the time of grace, and after the listener or the pool is
    /// gone. The file of a unix-domain socket is removed when this returns.
    ///
    /// - Parameters:
    ///   - listener: a listener of this pool.
    ///   - grace: how long its connections may take to finish.
    ///   - whenDone: called once, when the listener's sockets and connections are closed on every
    ///     loop: on a loop's thread, or before this returns. It must neither wait for anything nor
    ///     keep the pool.
    public func close(
        _ listener: Listener, grace: Duration = .zero,
        whenDone: @escaping @Sendable () -> Void
    ) {
        precondition(listener.pool == ObjectIdentifier(self), "a pool closes its own listeners")
        state.withLock { $0.removePath(of: listener.serial) }
        let completion = Completion(whenDone)
        for member in members {
            member.mailbox.post(.close(listener.serial, grace: grace, completion))
        }
    }

    /// Closes one listener, and returns when its sockets and connections are closed on every loop.
    public func close(_ listener: Listener, grace: Duration = .zero) async {
        await withCheckedContinuation { done in
            close(listener, grace: grace) { done.resume() }
        }
    }

    /// Connects and runs a stack as the client.
    ///
    /// The stack hears ``ConnectionEvent/opened`` when the connection is established, and in any case
    /// ``ConnectionEvent/closed`` at the end; what it finds out it hands on itself. A pool that has ended
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
        to address: NetworkAddress, from source: NetworkAddress? = nil,
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

    /// The counters of each loop.
    package var counters: [Counters] { members.map(\.counters) }

    /// The time for which each loop's thread has worked, in nanoseconds; of one that has ended, 0.
    ///
    /// It is the kernel's own account, so the loops do nothing for it.
    package var workingTimes: [UInt64] { members.map(\.thread.workingTime) }

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
    func bind(_ address: NetworkAddress) throws(SystemError) -> BoundListener {
        try BoundListener(address, loops: count, maximumBacklog: limits.maximumBacklog)
    }

    @usableFromInline
    func open(
        on listener: consuming BoundListener, running recipe: StackRecipe
    ) throws(SystemError) -> Listener {
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
        return Listener(address: address, serial: serial, pool: ObjectIdentifier(self))
    }

    @usableFromInline
    func replace(_ listener: Listener, running recipe: StackRecipe) {
        precondition(listener.pool == ObjectIdentifier(self), "a pool serves its own listeners")
        for member in members { member.mailbox.post(.replace(listener.serial, recipe)) }
    }

    @usableFromInline
    func connect(
        to address: NetworkAddress, from source: NetworkAddress?, running recipe: StackRecipe
    ) {
        let index = state.withLock { state in
            defer { state.next = (state.next + 1) % members.count }
            return state.next
        }
        members[index].mailbox.post(.connect(address, from: source, recipe))
    }
}
