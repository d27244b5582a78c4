internal import Glibc

/// A connection that a stack has asked its loop for, see ``Context/connect(to:from:)``.
struct ConnectionRequest {
    let address: SocketAddress
    let source: SocketAddress?
    /// What it is to run; kept by being counted there, see ``Service/requests``.
    let service: UnsafeMutablePointer<Service>
}

extension EventLoop where OS: ~Copyable {
    /// Starts a connection of our own; the stack hears ``Event/opened`` when it is established,
    /// or ``Event/closed`` alone when it fails.
    package mutating func connect(
        to address: SocketAddress, from source: SocketAddress? = nil, _ recipe: StackRecipe
    ) {
        connect(to: address, from: source, Service.make(recipe))
    }

    /// Starts the connections that stacks have asked for.
    ///
    /// Those alone that were asked for before: a stack that asks anew each time that it fails has one
    /// try a turn, like any other connection its one read.
    mutating func carryOutRequests() {
        swap(&requests, &context.requests)
        for request in requests {
            request.service.pointee.requests -= 1
            if isStopping || request.service.pointee.isClosed {
                Service.endIfUnused(request.service)
            } else {
                connect(to: request.address, from: request.source, request.service)
            }
        }
        requests.removeAll(keepingCapacity: true)
    }

    private mutating func connect(
        to address: SocketAddress, from source: SocketAddress?,
        _ service: UnsafeMutablePointer<Service>
    ) {
        context.counters.add(1, to: .connected)
        // Before the call, so that a stack that takes the time has all of it.
        let stack = makeStack(service, peer: address, local: source ?? address)
        let outcome =
            isStopping ? .failed(code: ECANCELED) : kernel.connect(to: address, from: source)
        switch outcome {
        case .started(let descriptor):
            _ = seat(
                descriptor, service, stack, phase: .connecting, isTCP: address.isTCP)
        case .established(let descriptor):
            let seat = seat(descriptor, service, stack, phase: .open, isTCP: address.isTCP)
            if let seat { open(seat) }
        case .failed(let code):
            tell(.cannotConnect(SystemError("connect to \(address)", code: code)))
            let index = connections.take(-1, phase: .connecting, service: service, stack: stack)
            context.counters.add(1, to: .broken)
            drop(index)
        }
    }
}
