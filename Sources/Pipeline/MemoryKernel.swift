/// A kernel without sockets: connections in memory, and a clock, peers and faults set by hand.
///
/// Readiness is told as Linux tells it: once a change for a connection, as long as it lasts for a
/// listener. Descriptors are reused, the lowest first.
package final class MemoryKernel: Kernel {
    package var time = Instant(nanoseconds: 1_000_000_000)
    package private(set) var sockets: [Int32: Socket] = [:]
    package private(set) var listeners: [Int32: Listener] = [:]
    /// Whether what follows is kept of all connections there have been.
    package var keepsHistory = true
    /// The descriptors given out, in order; a number comes again after its close.
    package private(set) var opened: [Int32] = []
    /// The connections that were closed, in order.
    package private(set) var closed: [Socket] = []
    package private(set) var calls: [Call: Int] = [:]
    /// Closes of descriptors that were not open, and calls on such.
    package private(set) var misuses = 0
    /// Events that the next wait tells of besides the true ones.
    package var strayEvents: [Readiness] = []
    /// The most that one call transfers.
    package var maximumTransfer = Int.max
    /// Whether it drops what nobody looks at.
    package var discards = true
    /// What the next connect answers; nil to start one.
    package var connectFailure: Int32?
    /// Whether a connection is established at once.
    package var connectsAtOnce = false
    /// Where the connections of the loop's own come from.
    package private(set) var sources: [NetworkAddress?] = []
    /// Which call that can fail does so: counted from 1.
    package var failingCall: Int?
    package private(set) var fallibleCalls = 0

    package init() {}

    /// Whether an event waits for the loop.
    package var hasEvents: Bool {
        !strayEvents.isEmpty || sockets.values.contains { $0.edge != nil }
            || listeners.values.contains(where: \.isReady)
    }

    package func count(of call: Call) -> Int { calls[call] ?? 0 }

    package func isOpen(_ number: Int32) -> Bool {
        sockets[number] != nil || listeners[number] != nil
    }

    /// Gives a connection the lowest free descriptor.
    package func open(_ socket: Socket = Socket()) -> Int32 {
        let number = lowestFree()
        sockets[number] = socket
        return number
    }

    package func listen() -> Int32 {
        let number = lowestFree()
        listeners[number] = Listener()
        return number
    }

    private func lowestFree() -> Int32 {
        var number: Int32 = 3
        while isOpen(number) { number += 1 }
        if keepsHistory { opened.append(number) }
        return number
    }

    private func note(_ call: Call) { calls[call, default: 0] += 1 }

    /// Whether this call is the one that fails.
    private func fails() -> Bool {
        fallibleCalls += 1
        return fallibleCalls == failingCall
    }

    /// The connection of a descriptor; one that is not open is misused.
    private func socket(_ number: Int32) -> Socket? {
        if sockets[number] == nil { misuses += 1 }
        return sockets[number]
    }

    // MARK: What the loop calls

    package func now() -> Instant { time }

    package func wait(
        until deadline: Instant, from now: Instant,
        into events: UnsafeMutableBufferPointer<Readiness>
    ) -> Int {
        note(.wait)
        var count = 0
        func tell(_ event: Readiness) {
            events[count] = event
            count += 1
        }
        for event in strayEvents { tell(event) }
        strayEvents = []
        for listener in listeners.values where listener.isReady {
            tell(Readiness(token: listener.token, isReadable: true))
        }
        for number in sockets.keys.sorted() where count < events.count {
            if let edge = sockets[number]?.edge.take() { tell(edge) }
        }
        return count
    }

    package func watch(_ number: Int32, token: UInt64, as kind: WatchKind) -> Int32 {
        note(.watch)
        if fails() { return 12 }
        if kind == .listener {
            if listeners[number] == nil { misuses += 1 }
            listeners[number]?.token = token
            listeners[number]?.isWatched = true
            return 0
        }
        guard let socket = socket(number) else { return 9 }
        socket.token = token
        socket.watchesWriting = kind == .connecting
        if !socket.input.isEmpty { socket.raise(readable: true) }
        if socket.hasPeerEnded { socket.end() }
        return 0
    }

    package func watchWriting(_ number: Int32, token: UInt64) {
        note(.watchWriting)
        guard let socket = socket(number) else { return }
        socket.watchesWriting = true
        // The kernel looks at once whether there is room.
        if socket.window > 0 { socket.raise(writable: true) }
    }

    package func unwatch(_ number: Int32) {
        note(.unwatch)
        if listeners[number] == nil { misuses += 1 }
        listeners[number]?.isWatched = false
    }

    package func accept(from number: Int32) -> AcceptOutcome {
        note(.accept)
        guard let listener = listeners[number] else {
            misuses += 1
            return .none
        }
        if fails() { return .exhausted(code: 24) }
        guard let arrival = listener.arrivals.first else { return .none }
        if case .exhausted = arrival { return .exhausted(code: 24) }
        listeners[number]?.arrivals.removeFirst()
        guard case .connection(let input) = arrival else { return .aborted }
        return .accepted(open(Socket(input: Array(input.utf8))), from: .loopback(port: 9))
    }

    package func connect(
        to address: NetworkAddress, from source: NetworkAddress?
    ) -> ConnectOutcome {
        note(.connect)
        if keepsHistory { sources.append(source) }
        if let connectFailure { return .failed(code: connectFailure) }
        if fails() { return .failed(code: 101) }
        let number = open(Socket(isConnecting: !connectsAtOnce))
        return connectsAtOnce ? .established(number) : .started(number)
    }

    package func pendingError(of number: Int32) -> Int32 {
        note(.pendingError)
        let socket = socket(number)
        return fails() ? 110 : socket?.error ?? 9
    }

    package func receive(
        from number: Int32, into room: UnsafeMutableRawBufferPointer
    ) -> TransferOutcome {
        note(.receive)
        return take(from: number, atMost: room.count) { room.copyBytes(from: $0) }
    }

    package func discard(from number: Int32, upTo count: Int) -> TransferOutcome? {
        guard discards else { return nil }
        note(.discard)
        return take(from: number, atMost: count) { _ in }
    }

    package func tellReadable(_ number: Int32, from count: Int32) {
        note(.tellReadable(from: count))
    }

    private func take(
        from number: Int32, atMost most: Int, _ body: (ArraySlice<UInt8>) -> Void
    ) -> TransferOutcome {
        guard let socket = socket(number) else { return .failed(code: 9) }
        if fails() || socket.error != 0 { return .failed(code: 104) }
        guard !socket.input.isEmpty else { return socket.hasPeerEnded ? .bytes(0) : .wouldBlock }
        let count = min(most, socket.input.count, maximumTransfer)
        body(socket.input.prefix(count))
        socket.input.removeFirst(count)
        // A short read means that the rest comes later, with an edge of its own.
        if !socket.input.isEmpty, count < most { socket.raise(readable: true) }
        return .bytes(count)
    }

    package func send(
        to number: Int32, _ bytes: UnsafeRawBufferPointer, more: Bool
    ) -> TransferOutcome {
        note(.send)
        guard let socket = socket(number) else { return .failed(code: 9) }
        guard socket.closing == nil else {
            misuses += 1
            return .failed(code: 9)
        }
        if fails() || socket.error != 0 { return .failed(code: 32) }
        guard socket.window > 0, !socket.isConnecting else { return .wouldBlock }
        let count = min(bytes.count, socket.window, maximumTransfer)
        socket.output += bytes[..<count]
        // What the peer has taken is not held back.
        socket.isCorked = more && count == bytes.count
        if socket.window != .max { socket.window -= count }
        // Cut short by the limit of a transfer alone, there is room again at once.
        if count < bytes.count, socket.window > 0 { socket.raise(writable: true) }
        return .bytes(count)
    }

    package func endSending(to number: Int32) {
        note(.endSending)
        socket(number)?.closing = .ended
    }

    package func close(_ number: Int32, resetting: Bool) {
        note(.close)
        if listeners.removeValue(forKey: number) != nil { return }
        guard let socket = socket(number) else { return }
        sockets[number] = nil
        socket.close(resetting: resetting)
        if keepsHistory { closed.append(socket) }
    }

    package func releaseMemory() { note(.releaseMemory) }

    /// A call of the loop.
    package enum Call: Hashable {
        case wait, watch, watchWriting, unwatch, accept, connect, pendingError, receive, discard
        case tellReadable(from: Int32)
        case send, endSending, close, releaseMemory
    }
}

// MARK: - Listeners

extension MemoryKernel {
    package struct Listener {
        package fileprivate(set) var token: UInt64 = 0
        package fileprivate(set) var isWatched = false
        package fileprivate(set) var arrivals: [Arrival] = []

        fileprivate var isReady: Bool { isWatched && !arrivals.isEmpty }
    }

    /// What a listener's next accept finds.
    package enum Arrival {
        case connection(input: String)
        case aborted
        case exhausted
    }

    package func arrive(_ arrivals: Arrival..., at listener: Int32) {
        listeners[listener]?.arrivals += arrivals
    }

    /// Room has come for descriptors: what could not be accepted can.
    package func replaceExhaustion(at listener: Int32) {
        listeners[listener]?.arrivals.removeAll { if case .exhausted = $0 { true } else { false } }
    }
}
