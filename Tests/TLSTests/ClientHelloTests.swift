import BlackholePipeline
import BlackholeTLS
import Testing

@Suite struct `A ClientHello` {
    private static func arrival(_ bytes: [UInt8], max: Int = 16_384) -> ClientHello.Arrival {
        ClientHello.arrival(of: bytes.span.bytes, maximumBytes: max)
    }

    /// A ClientHello whose body has so many bytes, in records of at most `size` bytes of it.
    private static func hello(body: Int, size: Int = 16_384) -> [UInt8] {
        var message: [UInt8] = [1, UInt8(body >> 16), UInt8(body >> 8 & 0xFF), UInt8(body & 0xFF)]
        message += [UInt8](repeating: 7, count: body)
        var records: [UInt8] = []
        while !message.isEmpty {
            let piece = message.prefix(size)
            records += [22, 3, 1, UInt8(piece.count >> 8), UInt8(piece.count & 0xFF)] + piece
            message.removeFirst(piece.count)
        }
        return records
    }

    @Test(arguments: [1, 2, 3, 5, 100, 16_384])
    func `is there with its last byte, however records cut it`(size: Int) {
        let bytes = Self.hello(body: 300, size: size)
        for count in 0..<bytes.count {
            #expect(Self.arrival(Array(bytes.prefix(count))) == .incomplete, "\(count)")
        }
        #expect(Self.arrival(bytes) == .complete)
        #expect(Self.arrival(bytes + [20, 3, 3, 0, 1, 1]) == .complete)
    }

    @Test func `may have as many bytes as the limit, with its records' headers, and not one more`()
    {
        let bytes = Self.hello(body: 1000)
        #expect(Self.arrival(bytes, max: bytes.count) == .complete)
        #expect(Self.arrival(bytes, max: bytes.count - 1) == .tooLarge)
        #expect(Self.arrival(bytes, max: bytes.count + 1) == .complete)
        // That it will be too large is known from its header on.
        #expect(Self.arrival(Array(bytes.prefix(9)), max: bytes.count - 1) == .tooLarge)
        #expect(Self.arrival(Array(bytes.prefix(8)), max: bytes.count - 1) == .incomplete)
        #expect(Self.arrival(Array(bytes.prefix(9)), max: bytes.count) == .incomplete)
    }

    @Test func `that claims 130,000 bytes in nine is too large`() {
        #expect(Self.arrival([0x16, 3, 1, 0, 4, 1, 1, 0xFF, 0xB8]) == .tooLarge)
    }

    @Test func `in records without an end is too large at the limit`() {
        // Six bytes each: 16,380 for 2,730 of a message, and 16,386 for one more.
        #expect(Self.arrival(Self.hello(body: 2_726, size: 1)) == .complete)
        #expect(Self.arrival(Self.hello(body: 2_727, size: 1)) == .tooLarge)
        let silent = [[UInt8]](repeating: [20, 3, 3, 0, 1, 1], count: 3000).flatMap { $0 }
        #expect(Self.arrival(Array(silent.prefix(16_383))) == .incomplete)
        #expect(Self.arrival(Array(silent.prefix(16_384))) == .tooLarge)
    }

    @Test func `may follow a change_cipher_spec, as a second one does`() {
        let bytes = [20, 3, 3, 0, 1, 1] + Self.hello(body: 300)
        for count in 0..<bytes.count {
            #expect(Self.arrival(Array(bytes.prefix(count))) == .incomplete, "\(count)")
        }
        #expect(Self.arrival(bytes) == .complete)
        #expect(Self.arrival(bytes, max: bytes.count - 1) == .tooLarge)
    }

    @Test(
        arguments: [
            Array("EHLO me\r\n".utf8), Array("GET / HTTP/1.1\r\n".utf8), [22, 2, 0, 0, 4, 1],
            [22, 3, 1, 0, 0, 1], [22, 3, 1, 0, 4, 2], [21, 3, 1, 0, 2, 2, 40],
            [22, 3, 1, 0xFF, 0xFF],
            [0x80, 0x2E, 1, 3, 1, 0, 21],
        ] as [[UInt8]])
    func `is not in what begins otherwise`(bytes: [UInt8]) {
        #expect(Self.arrival(bytes) == .foreign)
        #expect(Self.arrival(Array(bytes.prefix(4))) == .incomplete)
    }

    @Test func `is handed on by whole records`() {
        let one = Self.hello(body: 10)
        let bytes = one + [20, 3, 3, 0, 1, 1]
        for count in 0...bytes.count {
            let whole = ClientHello.wholeRecords(in: Array(bytes.prefix(count)).span.bytes)
            #expect(whole == (count == bytes.count ? count : count >= one.count ? one.count : 0))
        }
        let broken = one + [99, 3, 3, 0, 1]
        #expect(ClientHello.wholeRecords(in: broken.span.bytes) == broken.count)
    }
}
