/// What a listener or a client runs on a loop: one type of stack, how to make one, and the memory
/// that this loop's stacks of it live in.
struct Service: ~Copyable {
    let type: StackType
    let make: StackMaker
    var memory: StackMemory
    /// Names the listener that it belongs to; nil for a client's.
    let serial: UInt64?
    /// Whether it takes no more connections, and is gone with its last: a closed listener's, and a
    /// client's from the start.
    var isRetired: Bool
    /// When the time of grace of its connections is over.
    var graceEnd = Instant.never
    /// Those who wait for its end.
    var completions: [Completion] = []
    /// The connections that its stacks have asked for and that are still to be started.
    var requests = 0

    /// Whether it is the service of a listener that is closed.
    var isClosed: Bool { serial != nil && isRetired }

    private init(_ recipe: StackRecipe, of serial: UInt64?) {
        type = recipe.type
        make = recipe.make
        memory = StackMemory(size: recipe.type.size, alignment: recipe.type.alignment)
        self.serial = serial
        isRetired = serial == nil
    }

    /// Makes a service in memory of its own; ``endIfUnused(_:)`` frees it.
    static func make(
        _ recipe: StackRecipe, of serial: UInt64? = nil
    ) -> UnsafeMutablePointer<Service> {
        let service = UnsafeMutablePointer<Service>.allocate(capacity: 1)
        service.initialize(to: Service(recipe, of: serial))
        return service
    }

    /// Frees a service that has neither a listener nor a connection any more, nor will have one.
    static func endIfUnused(_ service: UnsafeMutablePointer<Service>) {
        guard service.pointee.isRetired, service.pointee.memory.inUse == 0,
            service.pointee.requests == 0
        else { return }
        service.deinitialize(count: 1)
        service.deallocate()
    }

    /// Stands where no service is.
    ///
    /// Neither read nor written by anyone, so that threads share
    /// nothing by it.
    nonisolated(unsafe) static let none = UnsafeMutablePointer<Service>.allocate(capacity: 1)
}

@usableFromInline
typealias StackMaker = @Sendable (borrowing Peer, UnsafeMutableRawPointer) -> Void

/// How to make stacks of one type: goes to every loop of a pool.
@usableFromInline
package struct StackRecipe: Sendable {
    let type: StackType
    let make: StackMaker

    /// Takes the function that makes a stack from its peer.
    @inlinable
    package init<Handler: ByteHandler & ~Copyable>(
        _ make: @escaping @Sendable (borrowing Peer) -> Handler
    ) {
        self.init(type: StackType(of: Handler.self)) { peer, memory in
            memory.bindMemory(to: Handler.self, capacity: 1).initialize(to: make(peer))
        }
    }

    @usableFromInline
    init(type: StackType, make: @escaping StackMaker) {
        self.type = type
        self.make = make
    }
}

/// Who is at the other end of a new connection.
public struct Peer: Sendable {
    /// The peer's address.
    public let address: SocketAddress
    /// Our own: the listener's, as bound.
    public let local: SocketAddress
    /// The loop that the connection runs on, counted from 0.
    public let loop: Int
    /// Counts the connections of that loop, from 1.
    public let serial: UInt64

    /// Makes a peer, for a stack that is driven by hand.
    public init(address: SocketAddress, local: SocketAddress, loop: Int = 0, serial: UInt64 = 1) {
        self.address = address
        self.local = local
        self.loop = loop
        self.serial = serial
    }
}

/// Equal pieces of memory for the stacks of one type, kept for the next connection.
struct StackMemory: ~Copyable {
    private let size: Int
    private let alignment: Int
    private var chunks: [Chunk] = []
    private var free: UnsafeMutableRawPointer?
    /// The pieces that stacks live in.
    private(set) var inUse = 0

    private struct Chunk {
        let base: UnsafeMutableRawPointer
        let pieces: Int
        var unused = 0
    }

    init(size: Int, alignment: Int) {
        self.alignment = max(alignment, MemoryLayout<UnsafeMutableRawPointer?>.alignment)
        let least = max(size, MemoryLayout<UnsafeMutableRawPointer?>.size)
        self.size = (least + self.alignment - 1) / self.alignment * self.alignment
    }

    deinit {
        for chunk in chunks { chunk.base.deallocate() }
    }

    /// The pieces that there are.
    var places: Int { chunks.reduce(0) { $0 + $1.pieces } }

    mutating func take() -> UnsafeMutableRawPointer {
        let piece = free ?? grow()
        free = piece.load(as: UnsafeMutableRawPointer?.self)
        inUse += 1
        return piece
    }

    mutating func give(_ piece: UnsafeMutableRawPointer) {
        link(piece)
        inUse -= 1
    }

    /// Frees the chunks in which no stack lives.
    ///
    /// It looks at every free piece: no work for a loop that has something to do.
    mutating func releaseUnused() {
        chunks.sort { $0.base < $1.base }
        for index in chunks.indices { chunks[index].unused = 0 }
        let pieces = free
        free = nil
        forEach(from: pieces) { memory, piece in
            memory.chunks[memory.chunk(of: piece)].unused += 1
        }
        forEach(from: pieces) { memory, piece in
            let chunk = memory.chunks[memory.chunk(of: piece)]
            if chunk.unused < chunk.pieces { memory.link(piece) }
        }
        for chunk in chunks where chunk.unused == chunk.pieces { chunk.base.deallocate() }
        chunks.removeAll { $0.unused == $0.pieces }
    }

    /// Walks a list of free pieces; the body may put them into another.
    private mutating func forEach(
        from first: UnsafeMutableRawPointer?,
        _ body: (inout StackMemory, UnsafeMutableRawPointer) -> Void
    ) {
        var next = first
        while let piece = next {
            next = piece.load(as: UnsafeMutableRawPointer?.self)
            body(&self, piece)
        }
    }

    /// Which of the chunks, which are in order, a piece is of.
    private func chunk(of piece: UnsafeMutableRawPointer) -> Int {
        var range = 0..<chunks.count
        while range.count > 1 {
            let middle = range.lowerBound + range.count / 2
            range =
                piece < chunks[middle].base
                ? range.lowerBound..<middle : middle..<range.upperBound
        }
        return range.lowerBound
    }

    private mutating func link(_ piece: UnsafeMutableRawPointer) {
        piece.storeBytes(of: free, as: UnsafeMutableRawPointer?.self)
        free = piece
    }

    /// Twice as many pieces each time, up to 64: one connection costs one piece.
    private mutating func grow() -> UnsafeMutableRawPointer {
        let pieces = 1 << min(chunks.count, 6)
        let base = UnsafeMutableRawPointer.allocate(
            byteCount: size * pieces, alignment: alignment)
        chunks.append(Chunk(base: base, pieces: pieces))
        for index in (0..<pieces).reversed() { link(base + index * size) }
        return base
    }
}
