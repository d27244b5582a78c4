internal import Glibc

/// Bytes in memory of their own, appended at the end and taken from the start.
///
/// It grows by doubling and never shrinks, so that a buffer in use allocates nothing.
/// Invariant: `0 ≤ start ≤ end ≤ capacity`.
public struct ByteQueue: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer?
    @usableFromInline var start = 0
    @usableFromInline var end = 0
    @usableFromInline var capacity: Int

    /// Makes an empty buffer; with a capacity of 0 it allocates at the first append.
    public init(capacity: Int = 0) {
        precondition(capacity >= 0, "a capacity is not negative")
        self.capacity = capacity
        base = capacity == 0 ? nil : .allocate(byteCount: capacity, alignment: 16)
    }

    deinit {
        base?.deallocate()
    }

    /// The bytes held.
    @inlinable
    public var count: Int { end - start }

    /// Whether no byte is held.
    @inlinable
    public var isEmpty: Bool { start == end }

    /// Calls `body` with the bytes held; the span is valid during the call.
    @inlinable
    public func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bytes = UnsafeRawBufferPointer(start: base.map { $0 + start }, count: count)
        return try body(bytes.bytes)
    }

    /// Drops the first `count` bytes.
    @inlinable
    public mutating func removeFirst(_ count: Int) {
        precondition(count >= 0 && count <= self.count, "more removed than is held")
        start += count
        if start == end { removeAll() }
    }

    /// Drops every byte; the memory stays.
    @inlinable
    public mutating func removeAll() {
        start = 0
        end = 0
    }

    /// Drops every byte from `count` on.
    @inlinable
    public mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count, "truncated to more than is held")
        end = start + count
    }

    /// Takes the bytes from an offset on.
    package mutating func take(from start: Int) -> [UInt8] {
        let bytes = withBytes { bytes in
            bytes.extracting(start..<bytes.byteCount).withUnsafeBytes { Array($0) }
        }
        truncate(to: start)
        return bytes
    }

    /// Appends one byte.
    @inlinable
    public mutating func append(_ byte: UInt8) {
        reserve(1).storeBytes(of: byte, as: UInt8.self)
        end += 1
    }

    /// Appends the bytes of `text`; one copy, no allocation unless the buffer must grow.
    @inlinable
    public mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends the bytes of `bytes`.
    @inlinable
    public mutating func append(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { append($0) }
    }

    /// Appends the bytes of `array`.
    @inlinable
    public mutating func append(_ array: [UInt8]) {
        array.withUnsafeBytes { append($0) }
    }

    /// Appends the bytes of another buffer, which keeps them.
    @inlinable
    public mutating func append(contentsOf other: borrowing ByteQueue) {
        other.withBytes { append($0) }
    }

    /// Appends the UTF-8 bytes of `text`.
    public mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends `number` in decimal digits.
    public mutating func append(decimal number: UInt64) {
        // Most numbers of a reply are the single digits of its enhanced code.
        if number < 10 { return append(UInt8(truncatingIfNeeded: number) + UInt8(ascii: "0")) }
        var count = 2
        var power: UInt64 = 100
        while count < 20, number >= power {
            count += 1
            power = power &* 10
        }
        let room = reserve(count)
        var rest = number
        for offset in (0..<count).reversed() {
            let digit = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
            room.storeBytes(of: digit, toByteOffset: offset, as: UInt8.self)
            rest /= 10
        }
        end += count
    }

    /// Makes room for `count` bytes behind the end, for a C function to write to; valid until the
    /// buffer is next changed.
    package mutating func room(for count: Int) -> UnsafeMutableRawPointer {
        reserve(count)
    }

    /// Takes note of bytes that were written to the room behind the end.
    package mutating func noteAppended(_ count: Int) {
        precondition(count >= 0 && count <= capacity - end, "no more than there was room for")
        end += count
    }

    @inlinable
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count).copyMemory(from: source, byteCount: bytes.count)
        end += bytes.count
    }

    /// Makes room for `count` bytes behind the end and returns where they go.
    @inlinable
    mutating func reserve(_ count: Int) -> UnsafeMutableRawPointer {
        if let base, capacity - end >= count { return base + end }
        return grow(by: count)
    }

    @usableFromInline
    mutating func grow(by count: Int) -> UnsafeMutableRawPointer {
        let held = self.count
        var wanted = max(capacity, 256)
        while wanted - held < count { wanted *= 2 }
        if wanted > capacity || base == nil {
            let larger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
            if let base {
                larger.copyMemory(from: base + start, byteCount: held)
                base.deallocate()
            }
            base = larger
            capacity = wanted
        } else if let base {
            memmove(base, base + start, held)
        }
        start = 0
        end = held
        guard let base else { preconditionFailure("memory was just allocated") }
        return base + end
    }
}
