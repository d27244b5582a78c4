/// A kernel without sockets: one connection at a time, in memory, and a clock set by hand.
struct LoopbackKernel: Kernel, ~Copyable {
    var time = Instant(nanoseconds: 1_000_000_000)
    /// What the peer has sent and the stack not yet read, segment by segment.
    private var segments: [[UInt8]] = []
    private var hasPeerEnded = false
    private var isPeerReset = false
    /// What the stack has sent and the test not yet taken.
    var output: [UInt8] = []
    /// How many bytes more the peer takes.
    var window = Int.max
    private(set) var closing: LoopbackClosing?
    private var token: UInt64 = 0
    private var watches = false
    private var pending: Readiness?

    private static let descriptor: Int32 = 0

    /// Whether an event waits for the loop.
    var hasEvent: Bool { pending != nil }

    mutating func connect() -> Int32 {
        segments = []
        hasPeerEnded = false
        isPeerReset = false
        output = []
        window = .max
        closing = nil
        pending = nil
        return LoopbackKernel.descriptor
    }

    mutating func deliver(_ segment: [UInt8]) {
        guard !segment.isEmpty, watches else { return }
        segments.append(segment)
        raise(readable: true)
    }

    mutating func endPeer() {
        hasPeerEnded = true
        if watches { raise(readable: true, hungUp: true) }
    }

    mutating func resetPeer() {
        isPeerReset = true
        if watches { raise(readable: true, writable: true, hungUp: true) }
    }

    mutating func widen(by count: Int) {
        window = window.addingReportingOverflow(count).overflow ? .max : window + count
        if watches { raise(writable: true) }
    }

    private mutating func raise(
        readable: Bool = false, writable: Bool = false, hungUp: Bool = false
    ) {
        var event =
            pending
            ?? Readiness(token: token, isReadable: false, isWritable: false, isHungUp: false)
        event.isReadable = event.isReadable || readable
        event.isWritable = event.isWritable || writable
        event.isHungUp = event.isHungUp || hungUp
        pending = event
    }

    mutating func now() -> Instant { time }

    mutating func wait(
        until deadline: Instant, from now: Instant,
        into events: UnsafeMutableBufferPointer<Readiness>
    ) -> Int {
        guard let event = pending else { return 0 }
        pending = nil
        events[0] = event
        return 1
    }

    mutating func watch(_ descriptor: Int32, token: UInt64, as kind: WatchKind) -> Int32 {
        self.token = token
        watches = true
        return 0
    }

    mutating func watchWriting(_ descriptor: Int32, token: UInt64) {}

    mutating func unwatch(_ descriptor: Int32) {}

    mutating func accept(from listener: Int32) -> AcceptOutcome { .none }

    /// Refuses: there is no other connection than the one.
    mutating func connect(
        to address: NetworkAddress, from source: NetworkAddress?
    ) -> ConnectOutcome {
        .failed(code: 111)
    }

    mutating func pendingError(of descriptor: Int32) -> Int32 { isPeerReset ? 104 : 0 }

    mutating func receive(
        from descriptor: Int32, into room: UnsafeMutableRawBufferPointer
    ) -> TransferOutcome {
        if isPeerReset { return .failed(code: 104) }
        guard let segment = segments.first else {
            return hasPeerEnded ? .bytes(0) : .wouldBlock
        }
        let count = min(room.count, segment.count)
        room.copyBytes(from: segment[..<count])
        segments.removeFirst()
        if count < segment.count { segments.insert(Array(segment[count...]), at: 0) }
        // The rest is another segment that has arrived: the edge is told again.
        if !segments.isEmpty { raise(readable: true) }
        return .bytes(count)
    }

    mutating func send(
        to descriptor: Int32, _ bytes: UnsafeRawBufferPointer, more: Bool
    ) -> TransferOutcome {
        if isPeerReset { return .failed(code: 32) }
        guard window > 0 else { return .wouldBlock }
        let count = min(window, bytes.count)
        output.append(contentsOf: bytes[..<count])
        if window != .max { window -= count }
        return .bytes(count)
    }

    mutating func endSending(to descriptor: Int32) {
        closing = .ended
    }

    mutating func close(_ descriptor: Int32, resetting: Bool) {
        closing = resetting ? .reset : closing ?? .ended
        watches = false
        pending = nil
    }
}

/// How a stack's side of a ``Loopback`` connection was closed.
public enum LoopbackClosing: Sendable {
    /// Nothing more will be sent (FIN).
    case ended
    /// The connection was reset (RST).
    case reset
}
