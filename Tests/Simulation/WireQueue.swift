/// Bytes in the order in which they were put in.
struct WireQueue {
    private var bytes: [UInt8] = []
    private var head = 0

    var count: Int { bytes.count - head }

    var isEmpty: Bool { head == bytes.count }

    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
    }

    mutating func append(_ more: some Collection<UInt8>) {
        bytes.append(contentsOf: more)
    }

    /// Appends bytes, each combined with the mask.
    mutating func append(_ more: UnsafeRawBufferPointer, _ mask: UInt8) {
        guard mask != 0 else { return bytes.append(contentsOf: more) }
        for byte in more { bytes.append(byte ^ mask) }
    }

    mutating func append(_ text: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(decimal number: Int) {
        if number >= 10 { append(decimal: number / 10) }
        bytes.append(UInt8(truncatingIfNeeded: number % 10) + 0x30)
    }

    mutating func append(_ byte: UInt8, times count: Int) {
        bytes.append(contentsOf: repeatElement(byte, count: count))
    }

    func withFirst<Result>(_ count: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[head..<head + count])) }
    }

    mutating func removeFirst(_ count: Int) {
        head += count
        if head == bytes.count {
            removeAll()
        } else if head > 4096, head > bytes.count / 2 {
            bytes.removeFirst(head)
            head = 0
        }
    }

    /// Takes the last `count` back, as many of them as are there still.
    mutating func removeLast(_ count: Int) {
        bytes.removeLast(min(count, self.count))
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= 4096)
        head = 0
    }
}
