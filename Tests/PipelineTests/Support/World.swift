import BlackholePipeline

/// What a ``TestKernel`` plays: sockets, peers, a clock and faults, all in the hands of the test.
///
/// Readiness is told as Linux tells it: once a change for a connection, as long as it lasts for a
/// listener. Descriptors are reused, the lowest first.
final class World {
    var time = Instant(nanoseconds: 1_000_000_000)
    private(set) var sockets: [Int32: Socket] = [:]
    private(set) var listeners: [Int32: PlayedListener] = [:]
    /// The descriptors given out, in order; a number comes again after its close.
    private(set) var opened: [Int32] = []
    /// How each connection was closed: the bytes that it had sent, and whether it was reset.
    private(set) var closed: [(output: String, isReset: Bool)] = []
    private(set) var calls: [String: Int] = [:]
    /// Closes of descriptors that were not open, and calls on such.
    private(set) var misuses = 0
    /// Events that the next wait tells of besides the true ones.
    var strayEvents: [Readiness] = []
    /// The most that one call transfers.
    var maximumTransfer = Int.max
    /// What the next connect answers; nil to start one.
    var connectFailure: Int32?
    /// Whether a connection is established at once.
    var connectsAtOnce = false
    /// Where the connections of the loop's own come from.
    private(set) var sources: [NetworkAddress?] = []
    /// Which call that can fail does so: counted from 1.
    var failingCall: Int?
    private(set) var fallibleCalls = 0

    func listen() -> Int32 {
        let number = lowestFree()
        listeners[number] = PlayedListener()
        return number
    }

    func arrive(_ arrivals: Arrival..., at listener: Int32) {
        listeners[listener]?.arrivals += arrivals
    }

    func waiting(at listener: Int32) -> Int { listeners[listener]?.arrivals.count ?? 0 }

    func isWatching(_ listener: Int32) -> Bool { listeners[listener]?.isWatched ?? false }

    /// The peer of a connection sends.
    func send(_ text: String, to number: Int32) {
        sockets[number]?.input += Array(text.utf8)
        raise(number, readable: true)
    }

    /// The peer sends, and the loop's next wait does not tell of it yet.
    func sendUnnoticed(_ text: String, to number: Int32) {
        sockets[number]?.input += Array(text.utf8)
    }

    func end(_ number: Int32) {
        sockets[number]?.hasPeerEnded = true
        raise(number, readable: true, hungUp: true)
    }

    func reset(_ number: Int32, error: Int32 = 104) {
        sockets[number]?.error = error
        raise(number, readable: true, writable: true, hungUp: true)
    }

    func establish(_ number: Int32) {
        sockets[number]?.isConnecting = false
        raise(number, writable: true)
    }

    func setWindow(_ count: Int, of number: Int32) {
        sockets[number]?.window = count
        if count > 0 { raise(number, writable: true) }
    }

    func takeOutput(of number: Int32) -> String {
        defer { sockets[number]?.output = [] }
        return String(decoding: sockets[number]?.output ?? [], as: UTF8.self)
    }

    func isOpen(_ number: Int32) -> Bool { sockets[number] != nil || listeners[number] != nil }

    func count(of call: String) -> Int { calls[call] ?? 0 }

    var hasEvents: Bool {
        !strayEvents.isEmpty || sockets.values.contains { $0.edge != nil }
            || listeners.values.contains { $0.isWatched && !$0.arrivals.isEmpty }
    }

    private func lowestFree() -> Int32 {
        var number: Int32 = 3
        while isOpen(number) { number += 1 }
        opened.append(number)
        return number
    }

    private func raise(
        _ number: Int32, readable: Bool = false, writable: Bool = false, hungUp: Bool = false
    ) {
        guard var socket = sockets[number], socket.isWatched else { return }
        let isWritable = writable && socket.watchesWriting
        guard readable || isWritable || hungUp else { return }
        var edge =
            socket.edge
            ?? Readiness(
                token: socket.token, isReadable: false, isWritable: false, isHungUp: false)
        edge.isReadable = edge.isReadable || readable
        edge.isWritable = edge.isWritable || isWritable
        edge.isHungUp = edge.isHungUp || hungUp
        socket.edge = edge
        sockets[number] = socket
    }
}

// MARK: - What the kernel calls

extension World {
    func note(_ call: String) {
        calls[call, default: 0] += 1
    }

    /// Whether this call is the one that fails.
    func fails() -> Bool {
        fallibleCalls += 1
        return fallibleCalls == failingCall
    }

    func takeEvents(into events: UnsafeMutableBufferPointer<Readiness>) -> Int {
        var ready = strayEvents
        strayEvents = []
        for listener in listeners.values where listener.isWatched && !listener.arrivals.isEmpty {
            ready.append(
                Readiness(
                    token: listener.token, isReadable: true, isWritable: false, isHungUp: false))
        }
        for number in sockets.keys.sorted() where ready.count < events.count {
            guard let edge = sockets[number]?.edge else { continue }
            sockets[number]?.edge = nil
            ready.append(edge)
        }
        for (place, event) in ready.enumerated() { events[place] = event }
        return ready.count
    }

    func watch(_ number: Int32, token: UInt64, as kind: WatchKind) -> Int32 {
        if fails() { return 12 }
        if kind == .listener {
            if listeners[number] == nil { misuses += 1 }
            listeners[number]?.token = token
            listeners[number]?.isWatched = true
            return 0
        }
        guard let socket = sockets[number] else {
            misuses += 1
            return 9
        }
        sockets[number]?.token = token
        sockets[number]?.isWatched = true
        sockets[number]?.watchesWriting = kind == .connecting
        if !socket.input.isEmpty { raise(number, readable: true) }
        if socket.hasPeerEnded { end(number) }
        return 0
    }

    func watchWriting(_ number: Int32) {
        guard let socket = sockets[number] else {
            misuses += 1
            return
        }
        sockets[number]?.watchesWriting = true
        // The kernel looks at once whether there is room.
        if socket.window > 0 { raise(number, writable: true) }
    }

    func unwatch(_ number: Int32) {
        if listeners[number] == nil { misuses += 1 }
        listeners[number]?.isWatched = false
    }

    func accept(from number: Int32) -> AcceptOutcome {
        guard let listener = listeners[number] else {
            misuses += 1
            return .none
        }
        if fails() { return .exhausted(code: 24) }
        guard let arrival = listener.arrivals.first else { return .none }
        if case .exhausted = arrival { return .exhausted(code: 24) }
        listeners[number]?.arrivals.removeFirst()
        guard case .connection(let input) = arrival else { return .aborted }
        let accepted = lowestFree()
        sockets[accepted] = Socket(input: Array(input.utf8))
        return .accepted(accepted, from: .loopback(port: 9))
    }

    /// Room has come for descriptors: what could not be accepted can.
    func replaceExhaustion(at number: Int32) {
        listeners[number]?.arrivals.removeAll { if case .exhausted = $0 { true } else { false } }
    }

    func connect(from source: NetworkAddress?) -> ConnectOutcome {
        sources.append(source)
        if let connectFailure { return .failed(code: connectFailure) }
        if fails() { return .failed(code: 101) }
        let number = lowestFree()
        sockets[number] = Socket(isConnecting: !connectsAtOnce)
        return connectsAtOnce ? .established(number) : .started(number)
    }

    func pendingError(of number: Int32) -> Int32 {
        if sockets[number] == nil { misuses += 1 }
        if fails() { return 110 }
        return sockets[number]?.error ?? 9
    }

    func receive(from number: Int32, into room: UnsafeMutableRawBufferPointer) -> TransferOutcome {
        take(from: number, atMost: room.count) { room.copyBytes(from: $0) }
    }

    func discard(from number: Int32, upTo count: Int) -> TransferOutcome {
        take(from: number, atMost: count) { _ in }
    }

    private func take(
        from number: Int32, atMost most: Int, _ body: (ArraySlice<UInt8>) -> Void
    ) -> TransferOutcome {
        guard let socket = sockets[number] else {
            misuses += 1
            return .failed(code: 9)
        }
        if fails() || socket.error != 0 { return .failed(code: 104) }
        guard !socket.input.isEmpty else { return socket.hasPeerEnded ? .bytes(0) : .wouldBlock }
        let count = min(most, socket.input.count, maximumTransfer)
        body(socket.input[..<count])
        sockets[number]?.input.removeFirst(count)
        // A short read means that the rest comes later, with an edge of its own.
        if count < socket.input.count, count < most { raise(number, readable: true) }
        return .bytes(count)
    }

    func send(
        to number: Int32, _ bytes: UnsafeRawBufferPointer, more: Bool
    ) -> TransferOutcome {
        guard let socket = sockets[number], !socket.hasEnded else {
            misuses += 1
            return .failed(code: 9)
        }
        if fails() || socket.error != 0 { return .failed(code: 32) }
        guard socket.window > 0, !socket.isConnecting else { return .wouldBlock }
        let count = min(bytes.count, socket.window, maximumTransfer)
        sockets[number]?.output += bytes[..<count]
        sockets[number]?.isCorked = more
        if socket.window != .max { sockets[number]?.window -= count }
        // Cut short by the limit of a transfer alone, there is room again at once.
        if count < bytes.count, socket.window > count { raise(number, writable: true) }
        return .bytes(count)
    }

    func endSending(to number: Int32) {
        if sockets[number] == nil { misuses += 1 }
        sockets[number]?.hasEnded = true
    }

    func close(_ number: Int32, isReset: Bool) {
        if listeners.removeValue(forKey: number) != nil { return }
        guard let socket = sockets.removeValue(forKey: number) else {
            misuses += 1
            return
        }
        // A close in front of unread input is a reset, and what is corked is lost with it.
        let isLost = socket.isCorked && !socket.input.isEmpty
        let output = isLost ? "" : String(decoding: socket.output, as: UTF8.self)
        closed.append((output, isReset || !socket.input.isEmpty))
    }
}
