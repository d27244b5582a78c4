/// Small buffers of a loop, kept for the next connection that must hold bytes for a while: the
/// rest of a line, or a reply that the peer does not take.
struct BufferPool: ~Copyable {
    private var first: UnsafeMutableRawPointer?
    /// The buffers that are kept.
    private(set) var count = 0

    static let blockBytes = 4096
    static let maximumBlocks = 256

    deinit {
        BufferPool.free(first)
    }

    /// Frees what is kept.
    mutating func releaseUnused() {
        BufferPool.free(first)
        first = nil
        count = 0
    }

    private static func free(_ first: UnsafeMutableRawPointer?) {
        var block = first
        while let current = block {
            block = current.load(as: UnsafeMutableRawPointer?.self)
            current.deallocate()
        }
    }

    /// An empty buffer with room for `bytes`.
    mutating func take(_ bytes: Int) -> ByteQueue {
        guard bytes <= BufferPool.blockBytes else { return ByteQueue(capacity: bytes) }
        guard let block = first else { return ByteQueue(capacity: BufferPool.blockBytes) }
        first = block.load(as: UnsafeMutableRawPointer?.self)
        count -= 1
        return ByteQueue(adopting: block, capacity: BufferPool.blockBytes)
    }

    /// Takes a buffer back that nobody needs any more.
    mutating func give(_ buffer: consuming ByteQueue) {
        guard buffer.capacity == BufferPool.blockBytes, count < BufferPool.maximumBlocks,
            let block = buffer.release()
        else { return }
        block.storeBytes(of: first, as: UnsafeMutableRawPointer?.self)
        first = block
        count += 1
    }

    /// Takes a connection's buffer back and leaves it one without memory.
    mutating func reclaim(_ buffer: inout ByteQueue) {
        guard buffer.capacity > 0 else { return }
        var spent = ByteQueue()
        swap(&spent, &buffer)
        give(spent)
    }
}

extension ByteQueue {
    /// The bytes held, valid until the buffer is next changed.
    var unsafeBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base.map { $0 + start }, count: count)
    }

    init(adopting base: UnsafeMutableRawPointer, capacity: Int) {
        self.base = base
        self.capacity = capacity
    }

    /// Gives the memory up: freeing it is the caller's business from here on.
    consuming func release() -> UnsafeMutableRawPointer? {
        let base = base
        discard self
        return base
    }
}
