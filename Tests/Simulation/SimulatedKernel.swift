import BlackholePipeline

/// A kernel that is a value with a seed: behind its calls is a whole ``World``, which goes on while
/// the loop works and while it waits.
struct SimulatedKernel: Kernel, ~Copyable {
    var world: World

    mutating func now() -> Instant {
        let time = world.network.time
        world.network.ledger.with { state in
            state.previousTurn = state.turn
            state.turn = time
        }
        return time
    }

    mutating func wait(
        until deadline: Instant, from now: Instant,
        into events: UnsafeMutableBufferPointer<Readiness>
    ) -> Int {
        world.wait(until: deadline, into: events)
    }

    mutating func watch(
        _ descriptor: Int32, token: UInt64, as kind: WatchKind
    ) -> Int32 {
        world.work()
        return world.network.watch(descriptor, token: token, as: kind)
    }

    mutating func watchWriting(_ descriptor: Int32, token: UInt64) {
        world.work()
        world.network.watchWriting(descriptor, token: token)
    }

    mutating func unwatch(_ descriptor: Int32) {
        world.work()
        world.network.unwatch(descriptor)
    }

    mutating func accept(from listener: Int32) -> AcceptOutcome {
        world.work()
        let outcome = world.network.accept(from: listener)
        guard case .accepted(let descriptor, _) = outcome else { return outcome }
        return .accepted(descriptor, from: world.address(of: descriptor))
    }

    mutating func connect(
        to address: NetworkAddress, from source: NetworkAddress?
    ) -> ConnectOutcome {
        world.work()
        return world.network.connect(to: address)
    }

    mutating func pendingError(of descriptor: Int32) -> Int32 {
        world.work()
        return world.network.pendingError(of: descriptor)
    }

    mutating func receive(
        from descriptor: Int32, into room: UnsafeMutableRawBufferPointer
    ) -> TransferOutcome {
        world.work()
        return world.network.receive(from: descriptor, into: room)
    }

    mutating func discard(from descriptor: Int32, upTo count: Int) -> TransferOutcome? {
        world.work()
        return world.network.discard(from: descriptor, upTo: count)
    }

    mutating func tellReadable(_ descriptor: Int32, from count: Int32) {
        world.work()
        world.network.tellReadable(descriptor, from: Int(count))
    }

    mutating func send(
        to descriptor: Int32, _ bytes: UnsafeRawBufferPointer, more: Bool
    ) -> TransferOutcome {
        world.work()
        return world.network.send(to: descriptor, bytes, more: more)
    }

    mutating func endSending(to descriptor: Int32) {
        world.work()
        world.network.endSending(to: descriptor)
    }

    mutating func close(_ descriptor: Int32, resetting: Bool) {
        world.work()
        world.network.close(descriptor, resetting: resetting)
    }
}
