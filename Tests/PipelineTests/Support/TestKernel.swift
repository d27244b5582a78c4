import BlackholePipeline
import BlackholeTestSupport

/// A kernel that plays a ``World``.
struct TestKernel: Kernel, ~Copyable {
    let world: World

    mutating func now() -> Instant { world.time }

    mutating func wait(
        until deadline: Instant, from now: Instant,
        into events: UnsafeMutableBufferPointer<Readiness>
    ) -> Int {
        world.note("wait")
        return world.takeEvents(into: events)
    }

    mutating func watch(_ descriptor: Int32, token: UInt64, as kind: WatchKind) -> Int32 {
        world.note("watch")
        return world.watch(descriptor, token: token, as: kind)
    }

    mutating func watchWriting(_ descriptor: Int32, token: UInt64) {
        world.note("watchWriting")
        world.watchWriting(descriptor)
    }

    mutating func unwatch(_ descriptor: Int32) {
        world.note("unwatch")
        world.unwatch(descriptor)
    }

    mutating func accept(from listener: Int32) -> AcceptOutcome {
        world.note("accept")
        return world.accept(from: listener)
    }

    mutating func connect(
        to address: NetworkAddress, from source: NetworkAddress?
    ) -> ConnectOutcome {
        world.note("connect")
        return world.connect(from: source)
    }

    mutating func pendingError(of descriptor: Int32) -> Int32 {
        world.note("pendingError")
        return world.pendingError(of: descriptor)
    }

    mutating func receive(
        from descriptor: Int32, into room: UnsafeMutableRawBufferPointer
    ) -> TransferOutcome {
        world.note("receive")
        return world.receive(from: descriptor, into: room)
    }

    mutating func discard(from descriptor: Int32, upTo count: Int) -> TransferOutcome? {
        world.note("discard")
        return world.discard(from: descriptor, upTo: count)
    }

    mutating func tellReadable(_ descriptor: Int32, from count: Int32) {
        world.note("tellReadable \(count)")
    }

    mutating func send(
        to descriptor: Int32, _ bytes: UnsafeRawBufferPointer, more: Bool
    ) -> TransferOutcome {
        world.note("send")
        return world.send(to: descriptor, bytes, more: more)
    }

    mutating func endSending(to descriptor: Int32) {
        world.note("endSending")
        world.endSending(to: descriptor)
    }

    mutating func close(_ descriptor: Int32, resetting: Bool) {
        world.note("close")
        world.close(descriptor, isReset: resetting)
    }

    mutating func releaseMemory() {
        world.note("releaseMemory")
    }
}

/// A loop over a world, and what its stacks have heard.
struct SimulatedLoop: ~Copyable {
    let world = World()
    let journal = Journal()
    let troubles = Journal()
    let counters = Counters()
    var loop: EventLoop<TestKernel>
    /// The serial of the last listener.
    private(set) var serial: UInt64 = 0

    init(_ limits: LoopLimits = LoopLimits()) {
        let troubles = troubles
        loop = EventLoop(
            kernel: TestKernel(world: world), counters: counters, seed: 0, limits: limits,
            report: { troubles.note("\($0)") })
    }

    /// Listens and runs ``Lines``.
    mutating func listen(closesAtStop: Bool = true) -> Int32 {
        let journal = journal
        let listener = world.listen()
        serial += 1
        loop.listen(
            on: listener, at: .loopback(port: 25), as: serial,
            StackRecipe { _ in Lines(journal, closesAtStop: closesAtStop) })
        return listener
    }

    /// Turns until nothing happens any more by itself.
    mutating func settle() {
        var turns = 0
        while loop.takeMail() || world.hasEvents || !loop.isQuiet {
            loop.turn()
            turns += 1
            precondition(turns < 100_000, "the loop does not come to rest")
        }
    }

    /// Moves the clock on, in steps, and turns.
    mutating func advance(by duration: Duration, steps: Int = 1) {
        for _ in 0..<steps {
            world.time = world.time + duration / steps
            loop.turn()
            settle()
        }
    }

    /// Accepts a connection that has sent `input`, and gives its descriptor.
    mutating func open(_ listener: Int32, _ input: String = "") -> Int32 {
        world.arrive(.connection(input: input), at: listener)
        settle()
        return world.opened.last ?? -1
    }
}
