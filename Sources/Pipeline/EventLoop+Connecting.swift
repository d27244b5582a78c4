internal import Glibc

/// A connection that a stack has asked its loop for, see ``Context/connect(to:from:)``.
struct ConnectionRequest {
    let address: NetworkAddress
    let source: NetworkAddress?
    /// What it is to run; kept by being counted there, see ``StackPool/requests``.
    let stacks: UnsafeMutablePointer<StackPool>
}

extension EventLoop where OS: ~Copyable {
    /// Starts a connection of our own; the stack hears ``ConnectionEvent/opened`` when it is established,
    /// or ``ConnectionEvent/closed`` alone when it fails.
    package mutating func connect(
        to address: NetworkAddress, from source: NetworkAddress? = nil, _ recipe: StackRecipe
    ) {
        connect(to: address, from: source, StackPool.make(recipe))
    }

    /// Starts the connections that stacks have asked for.
    ///
    /// Those alone that were asked for before: a stack that asks anew each time that it fails has one
    /// try a turn, like any other connection its one read.
    mutating func carryOutRequests() {
        swap(&requests, &context.requests)
        for request in requests {
            request.stacks.pointee.requests -= 1
            if isStopping || request.stacks.pointee.isClosed {
                StackPool.endIfUnused(request.stacks)
            } else {
                connect(to: request.address, from: request.source, request.stacks)
            }
        }
        requests.removeAll(keepingCapacity: true)
    }

    private mutating func connect(
        to address: NetworkAddress, from source: NetworkAddress?,
        _ stacks: UnsafeMutablePointer<StackPool>
    ) {
        context.counters.add(1, to: .connected)
        // Before the call, so that a stack that takes the time has all of it.
        let stack = makeStack(stacks, peer: address, local: source ?? address)
        let outcome =
            isStopping ? .failed(code: ECANCELED) : kernel.connect(to: address, from: source)
        switch outcome {
        case .started(let descriptor):
            _ = seat(
                descriptor, stacks, stack, phase: .connecting, isTCP: address.isTCP)
        case .established(let descriptor):
            let seat = seat(descriptor, stacks, stack, phase: .open, isTCP: address.isTCP)
            if let seat { open(seat) }
        case .failed(let code):
            tell(.cannotConnect(SystemError("connect to \(address)", code: code)))
            let index = connections.take(-1, phase: .connecting, stacks: stacks, stack: stack)
            context.counters.add(1, to: .broken)
            drop(index)
        }
    }
}
