/// What a loop keeps memory for, and when that goes back.
///
/// Memory stays for the next connection, so that in steady traffic none is allocated. But a crowd
/// that has left would leave all of its memory behind, of TLS alone 46 KB a connection: `malloc`
/// gives little of it back by itself, for what others still use lies scattered in it.
struct Crowd: BitwiseCopyable {
    /// The most connections at once since memory was last given back.
    private(set) var size = 0
    /// When memory is given back.
    private(set) var end = Instant.never

    /// A crowd is no fewer than this, and has left when an eighth of it is left.
    static let minimumSize = 256
    /// Who has gone may come again at once.
    static let delay = Duration.seconds(1)

    mutating func grow(to count: Int) {
        size = max(size, count)
    }

    mutating func shrink(to count: Int, at now: Instant) {
        if end == .never, hasLeft(count) { end = now + Crowd.delay }
    }

    /// Whether memory is to be given back; counts anew from here on.
    mutating func finish(with count: Int) -> Bool {
        end = .never
        guard hasLeft(count) else { return false }
        size = count
        return true
    }

    private func hasLeft(_ count: Int) -> Bool {
        size >= Crowd.minimumSize && count <= size / 8
    }
}

extension EventLoop where OS: ~Copyable {
    /// The places for stacks, with or without one.
    package var placesOfStacks: Int {
        listeners.reduce(0) { $0 + ($1?.stacks.pointee.memory.places ?? 0) }
    }

    /// The buffers that are kept for the next connection.
    package var spareBuffers: Int { pool.count }

    /// Gives back what a crowd has left behind, unless another one has come.
    ///
    /// Some milliseconds for many thousand connections, while few are there to wait.
    mutating func endCrowd() {
        guard crowd.finish(with: connections.count) else { return }
        for case let listener? in listeners {
            listener.stacks.pointee.memory.releaseUnused()
        }
        pool.releaseUnused()
        kernel.releaseMemory()
    }
}
