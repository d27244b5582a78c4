/// What a listener or a client runs on a loop: one type of stack, how to make one, and the memory
/// that this loop's stacks of it live in.
struct Service: ~Copyable {
    let type: StackType
    let make: StackMaker
    var memory: StackMemory
    /// Whether it serves one connection only and is gone with it.
    let isTransient: Bool

    init(_ recipe: StackRecipe, isTransient: Bool) {
        type = recipe.type
        make = recipe.make
        memory = StackMemory(
            size: recipe.type.size, alignment: recipe.type.alignment,
            chunkPieces: isTransient ? 1 : 64)
        self.isTransient = isTransient
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
    private let chunkPieces: Int
    private var chunks: [UnsafeMutableRawPointer] = []
    private var free: UnsafeMutableRawPointer?

    init(size: Int, alignment: Int, chunkPieces: Int) {
        self.chunkPieces = chunkPieces
        self.alignment = max(alignment, MemoryLayout<UnsafeMutableRawPointer?>.alignment)
        let least = max(size, MemoryLayout<UnsafeMutableRawPointer?>.size)
        self.size = (least + self.alignment - 1) / self.alignment * self.alignment
    }

    deinit {
        for chunk in chunks { chunk.deallocate() }
    }

    mutating func take() -> UnsafeMutableRawPointer {
        let piece = free ?? grow()
        free = piece.load(as: UnsafeMutableRawPointer?.self)
        return piece
    }

    mutating func give(_ piece: UnsafeMutableRawPointer) {
        piece.storeBytes(of: free, as: UnsafeMutableRawPointer?.self)
        free = piece
    }

    private mutating func grow() -> UnsafeMutableRawPointer {
        let chunk = UnsafeMutableRawPointer.allocate(
            byteCount: size * chunkPieces, alignment: alignment)
        chunks.append(chunk)
        for index in (1..<chunkPieces).reversed() { give(chunk + index * size) }
        give(chunk)
        return chunk
    }
}
