extension Context {
    /// Opens another connection on this connection's loop, with a stack like this one: made by the
    /// function that has made this one.
    ///
    /// The loop does so when its turn ends. That costs no lock, no wake-up and, when it is not the
    /// first, no memory: it is how a client connects again and again. Its new stack hears what that
    /// of ``EventLoops/connect(to:from:_:)`` hears, and may ask in its turn, be it at
    /// ``ConnectionEvent/closed``. A connection that has been told to stop opens no other.
    ///
    /// - Parameters:
    ///   - address: where to.
    ///   - source: our own address; its port may be 0. By default the kernel chooses.
    public mutating func connect(to address: NetworkAddress, from source: NetworkAddress? = nil) {
        guard let stacks, !isStopping else { return }
        request(address, source, stacks)
    }

    /// Opens another connection on this connection's loop, and runs another stack as the client.
    ///
    /// So a proxy reaches what is behind it. Like ``connect(to:from:)`` it costs no lock and no
    /// wake-up.
    @inlinable
    public mutating func connect<Handler: ByteHandler & ~Copyable>(
        to address: NetworkAddress, from source: NetworkAddress? = nil,
        _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) {
        connect(to: address, from: source, running: StackRecipe(make))
    }

    @usableFromInline
    mutating func connect(
        to address: NetworkAddress, from source: NetworkAddress?, running recipe: StackRecipe
    ) {
        guard stacks != nil, !isStopping else { return }
        request(address, source, StackPool.make(recipe))
    }

    private mutating func request(
        _ address: NetworkAddress, _ source: NetworkAddress?,
        _ stacks: UnsafeMutablePointer<StackPool>
    ) {
        stacks.pointee.requests += 1
        requests.append(ConnectionRequest(address: address, source: source, stacks: stacks))
    }
}
