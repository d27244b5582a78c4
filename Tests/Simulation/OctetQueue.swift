/// Octets in the order in which they were put in.
struct OctetQueue {
    private var octets: [UInt8] = []
    private var head = 0

    var count: Int { octets.count - head }

    var isEmpty: Bool { head == octets.count }

    mutating func append(_ octet: UInt8) {
        octets.append(octet)
    }

    mutating func append(_ bytes: some Collection<UInt8>) {
        octets.append(contentsOf: bytes)
    }

    /// Appends octets, each combined with the mask.
    mutating func append(_ bytes: UnsafeRawBufferPointer, _ mask: UInt8) {
        guard mask != 0 else { return octets.append(contentsOf: bytes) }
        for octet in bytes { octets.append(octet ^ mask) }
    }

    mutating func append(_ text: StaticString) {
        octets.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(decimal number: Int) {
        if number >= 10 { append(decimal: number / 10) }
        octets.append(UInt8(truncatingIfNeeded: number % 10) + 0x30)
    }

    mutating func append(_ octet: UInt8, times count: Int) {
        octets.append(contentsOf: repeatElement(octet, count: count))
    }

    func withFirst<Result>(_ count: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        octets.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[head..<head + count])) }
    }

    mutating func removeFirst(_ count: Int) {
        head += count
        if head == octets.count {
            removeAll()
        } else if head > 4096, head > octets.count / 2 {
            octets.removeFirst(head)
            head = 0
        }
    }

    /// Takes the last `count` back, as many of them as are there still.
    mutating func removeLast(_ count: Int) {
        octets.removeLast(min(count, self.count))
    }

    mutating func removeAll() {
        octets.removeAll(keepingCapacity: octets.capacity <= 4096)
        head = 0
    }
}
