/// One thread's connections: readiness in, calls of the stacks, output out.
///
/// A turn waits for events, gives every ready connection its fair share (one read at the most), and
/// serves the deadlines that have come. Nothing in it is shared with another thread but the
/// ``Mailbox`` and the counters.
@usableFromInline
package struct EventLoop<OS: Kernel & ~Copyable>: ~Copyable {
    package var kernel: OS
    var context: Context
    let limits: LoopLimits
    let number: Int
    let report: @Sendable (LoopTrouble) -> Void
    let mailbox: Mailbox
    /// The mailboxes of the pool's other loops.
    let neighbors: [Mailbox]

    var connections = ConnectionSlab()
    var deadlines = Deadlines()
    /// The listeners, each at the place that its token names; nil where one was closed.
    var listeners: [AcceptingSocket?] = []
    var pool = BufferPool()
    var crowd = Crowd()
    var line = WorkLine()
    /// The connections to serve in this turn, and those that want another one.
    var queue: [Int32] = []
    var nextQueue: [Int32] = []
    /// The requests that are carried out; empty but meanwhile.
    var requests: [ConnectionRequest] = []
    let readRoom: UnsafeMutableRawBufferPointer
    let zeros: Zeros
    let events: UnsafeMutableBufferPointer<Readiness>

    var connectionSerial: UInt64 = 0
    /// When the listeners that were paused are watched again.
    var acceptResumption = Instant.never
    var reports = (accepting: OncePerSecond(), connecting: OncePerSecond(), room: OncePerSecond())
    /// When room may be made again for connections that a quota refuses.
    var nextRoom = Instant(nanoseconds: .min)
    /// Whether the loop ends with its last connection, and takes no new one.
    var isStopping = false
    /// When the next pool's time of grace is over.
    var graceEnd = Instant.never

    package init(
        kernel: consuming OS, number: Int = 0, counters: Counters, seed: UInt64,
        limits: LoopLimits, mailbox: Mailbox = Mailbox(), neighbors: [Mailbox] = [],
        report: @escaping @Sendable (LoopTrouble) -> Void
    ) {
        self.kernel = kernel
        self.mailbox = mailbox
        self.neighbors = neighbors
        self.number = number
        self.limits = limits
        self.report = report
        context = Context(
            counters: counters, seed: seed, maximumOutputBytes: limits.maximumOutputBytes)
        context.mailbox = mailbox
        readRoom = .allocate(byteCount: limits.maximumReadBytes, alignment: 64)
        zeros = Zeros(count: Int(limits.discardBytesMark))
        events = .allocate(capacity: 256)
        context.now = self.kernel.now()
    }

    // Swift 6.3 would not run it in release where another module destroys a loop, if this generic
    // struct of package access were not @usableFromInline.
    deinit {
        endStacks()
        for case let listener? in listeners {
            listener.stacks.pointee.isRetired = true
            StackPool.endIfUnused(listener.stacks)
        }
        for request in context.requests {
            request.stacks.pointee.requests -= 1
            StackPool.endIfUnused(request.stacks)
        }
        readRoom.deallocate()
        events.deallocate()
    }

    /// Ends the stacks of a loop that is given up as it is, a loopback's: what they own is freed.
    private func endStacks() {
        guard connections.count > 0 else { return }
        var context = Context(counters: context.counters)
        for index in connections.slots where connections[index].pointee.phase != .free {
            let stacks = connections[index].pointee.stacks
            let stack = connections[index].pointee.stack
            _ = stacks.pointee.type.handle(stack, .closed, &context)
            stacks.pointee.type.destroy(stack)
            stacks.pointee.memory.give(stack)
            StackPool.endIfUnused(stacks)
        }
    }

    /// Whether the loop was stopped and its last connection is gone.
    package var isDone: Bool { isStopping && connections.count == 0 }

    /// The connections that the loop holds.
    package var connectionCount: Int { connections.count }

    /// The places for listeners, of which those of closed ones are free for the next.
    package var placesOfListeners: Int { listeners.count }

    /// The bytes kept for connections: input not consumed and output not taken.
    package var keptBytes: Int {
        connections.slots.reduce(0) { sum, index in
            sum + connections[index].pointee.held.count + connections[index].pointee.unsent.count
        }
    }

    /// Whether no connection waits for another turn.
    package var isQuiet: Bool { queue.isEmpty && line.isEmpty && context.requests.isEmpty }

    /// Runs turns until the loop is stopped and its last connection gone.
    ///
    /// The kernel reports the mailbox by ``ListenerToken/wake``.
    mutating func run() {
        while !isDone {
            turn()
        }
        // What came too late is refused, so that no descriptor and no stack is forgotten.
        receive(mailbox.close())
    }

    /// Does what other threads have asked for.
    ///
    /// - Returns: whether there was anything.
    @discardableResult
    package mutating func takeMail() -> Bool {
        let messages = mailbox.takeAll()
        receive(messages)
        return !messages.isEmpty
    }

    /// One turn: waits for events and serves all that is due.
    ///
    /// What other threads ask for comes first, so that a new connection is served by what was posted
    /// before it came.
    package mutating func turn() {
        let limit = isQuiet ? nextWakeTime : context.now
        let count = kernel.wait(until: limit, from: context.now, into: events)
        context.now = kernel.now()
        let isWoken = count > 0 && events[0].token == ListenerToken.wake
        if isWoken { takeMail() }
        for index in (isWoken ? 1 : 0)..<count { note(events[index]) }
        serveQueue()
        serveDeadlines()
        if !line.isEmpty { serveLine() }
        if context.lacksRoom { makeRoomForRefused() }
        if !context.requests.isEmpty { carryOutRequests() }
        if context.now >= acceptResumption { resumeAccepting() }
        if context.now >= crowd.end { endCrowd() }
        if context.now >= graceEnd { abort() }
    }

    /// When there is something to do even if no event comes.
    package var nextWakeTime: Instant {
        min(deadlines.next, acceptResumption, graceEnd, crowd.end)
    }

    /// Marks what is ready; an event for a connection that is gone is told by its generation.
    private mutating func note(_ event: Readiness) {
        let index = Int(event.token & 0xFFFF_FFFF)
        if event.token >> 32 == UInt64(ListenerToken.generation) {
            accept(from: index)
            return
        }
        let slot = connections[index]
        guard slot.pointee.phase != .free, slot.pointee.token(at: index) == event.token else {
            return
        }
        if event.isReadable { slot.pointee.isReadable = true }
        if event.isHungUp {
            slot.pointee.isReadable = true
            slot.pointee.isHungUp = true
        }
        if event.isWritable { slot.pointee.isBlocked = false }
        enqueue(index)
    }

    /// Puts a connection into the queue, once.
    mutating func enqueue(_ index: Int) {
        guard !connections[index].pointee.place.isQueued else { return }
        connections[index].pointee.place.isQueued = true
        queue.append(Int32(index))
    }

    private mutating func serveQueue() {
        swap(&queue, &nextQueue)
        for place in nextQueue.indices {
            let index = Int(nextQueue[place])
            connections[index].pointee.place.isQueued = false
            serve(index)
        }
        nextQueue.removeAll(keepingCapacity: true)
    }

    private mutating func serveDeadlines() {
        // What is entered anew and due at once waits for the next turn, so that this one ends.
        for _ in 0..<deadlines.count {
            guard let index = deadlines.takeDue(at: context.now) else { return }
            let slot = connections[index]
            slot.pointee.place.entered = .never
            guard slot.pointee.phase != .free else { continue }
            if slot.pointee.wakeTime <= context.now { wake(index) }
            enterDeadline(of: index)
        }
    }

    /// Sees to it that the slot is looked at when its time comes; nothing to do when its entry
    /// comes up before that anyway.
    mutating func enterDeadline(of index: Int) {
        let slot = connections[index]
        guard slot.pointee.phase != .free else { return }
        let time = slot.pointee.wakeTime
        if time < slot.pointee.place.entered {
            slot.pointee.place.entered = time
            deadlines.enter(index, at: time)
        }
    }

    private mutating func receive(_ messages: [LoopMessage]) {
        for message in messages {
            switch message {
            case .listen(let descriptor, let address, let serial, let recipe):
                listen(on: descriptor, at: address, as: serial, recipe)
            case .replace(let serial, let recipe):
                replaceStacks(of: serial, recipe)
            case .close(let serial, let grace, let completion):
                closeListener(serial, grace: grace, completion)
            case .connect(let address, let source, let recipe):
                connect(to: address, from: source, recipe)
            case .wake(let token):
                takeCall(of: token)
            case .makeRoom:
                makeRoom()
            case .stop(let grace):
                stop(grace: grace)
            }
        }
    }
}

/// The tokens that are no connection's.
enum ListenerToken {
    /// The generation of listeners; those of connections are smaller.
    static let generation = UInt32.max
    static let wake = UInt64.max

    static func token(_ index: Int) -> UInt64 { UInt64(generation) << 32 | UInt64(index) }
}

/// What goes wrong in a loop and does not end it: for the operator's log.
///
/// A loop tells of each kind once a second at the most.
public enum LoopTrouble: Sendable {
    /// Connections wait that cannot be accepted.
    case cannotAccept(SystemError)
    /// A connection could not be made.
    case cannotConnect(SystemError)
    /// So many connections were closed to make room for others, since their peers had left.
    case madeRoom(connections: Int)
}
