import BlackholePipeline
import Testing

@Suite struct `A byte buffer` {
    static func text(_ buffer: borrowing ByteQueue) -> String {
        buffer.withBytes { $0.text }
    }

    @Test func `holds what is appended, whatever its kind`() {
        var buffer = ByteQueue()
        #expect(buffer.count == 0)
        buffer.append(UInt8(ascii: "a"))
        buffer.append("bc" as StaticString)
        buffer.append([UInt8]("de".utf8))
        buffer.append(text: "fé")
        buffer.append(decimal: 42)
        let other: [UInt8] = [UInt8(ascii: "!")]
        buffer.append(other.span.bytes)
        #expect(Self.text(buffer) == "abcdefé42!")
        #expect(buffer.count == 11)
    }

    @Test func `takes nothing for nothing`() {
        var buffer = ByteQueue()
        buffer.append("" as StaticString)
        buffer.append([])
        buffer.append(text: "")
        buffer.removeFirst(0)
        buffer.truncate(to: 0)
        #expect(buffer.count == 0)
        #expect(Self.text(buffer) == "")
    }

    @Test(arguments: [
        (0, "0"), (9, "9"), (10, "10"), (12_345, "12345"), (UInt64.max, "18446744073709551615"),
        (10_000_000_000_000_000_000, "10000000000000000000"),
    ])
    func `writes a number in decimal digits`(number: UInt64, digits: String) {
        var buffer = ByteQueue()
        buffer.append(decimal: number)
        #expect(Self.text(buffer) == digits)
    }

    @Test(arguments: [0, 1, 255, 256, 257, 4096, 100_000])
    func `grows and keeps its bytes`(capacity: Int) {
        var buffer = ByteQueue(capacity: capacity)
        var expected: [UInt8] = []
        for number in 0..<1000 {
            let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: number % 97)
            buffer.append(piece)
            expected += piece
        }
        #expect(Array(copying: buffer) == expected)
    }

    @Test func `grows by one piece that is larger than twice its size`() {
        var buffer = ByteQueue(capacity: 10)
        buffer.append("head" as StaticString)
        buffer.append([UInt8](repeating: 7, count: 1_000_000))
        #expect(buffer.count == 1_000_004)
        buffer.truncate(to: 5)
        #expect(Array(copying: buffer) == Array("head".utf8) + [7])
    }

    @Test func `drops bytes at either end`() {
        var buffer = ByteQueue()
        buffer.append("0123456789" as StaticString)
        buffer.removeFirst(3)
        #expect(Self.text(buffer) == "3456789")
        buffer.truncate(to: 2)
        #expect(Self.text(buffer) == "34")
        buffer.append("x" as StaticString)
        #expect(Self.text(buffer) == "34x")
        buffer.removeFirst(3)
        #expect(buffer.count == 0)
        buffer.append("y" as StaticString)
        buffer.removeAll()
        #expect(buffer.count == 0)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `agrees with an array`(seed: UInt64) {
        var random = RandomSource(seed: seed)
        var buffer = ByteQueue(capacity: Int.random(in: 0...300, using: &random))
        var reference: [UInt8] = []
        for _ in 0..<500 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let count = Int.random(in: 0...200, using: &random)
                let piece = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                buffer.append(piece)
                reference += piece
            case 5..<8:
                let count = Int.random(in: 0...reference.count, using: &random)
                buffer.removeFirst(count)
                reference.removeFirst(count)
            case 8:
                let count = Int.random(in: 0...reference.count, using: &random)
                buffer.truncate(to: count)
                reference.removeLast(reference.count - count)
            default:
                buffer.append(UInt8(ascii: "z"))
                reference.append(UInt8(ascii: "z"))
            }
            #expect(buffer.count == reference.count)
            let isEmpty = buffer.isEmpty
            #expect(isEmpty == reference.isEmpty)
        }
        #expect(Array(copying: buffer) == reference)
    }

    @Test func `gives its bytes as text, what is not UTF-8 replaced`() {
        var buffer = ByteQueue()
        buffer.append([0x61, 0xFF, 0x62])
        #expect(Self.text(buffer) == "a\u{FFFD}b")
        #expect(buffer.withBytes { $0.text(2..<3) } == "b")
    }
}

extension [UInt8] {
    init(copying buffer: borrowing ByteQueue) {
        self = buffer.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
    }
}
