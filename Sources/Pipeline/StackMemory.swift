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
