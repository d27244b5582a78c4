import BlackholePipeline
import SMTPLoad
import Testing

@Suite struct `A content` {
    @Test(arguments: Array(2...700) + [1023, 1024, 1025, 65_535, 65_536, 65_537, 262_145])
    func `has its size, and whole lines`(size: Int) {
        let bytes = bytes(of: size, inPiecesOf: 65_536)
        #expect(bytes.count == size)
        #expect(bytes.suffix(2) == [0x0D, 0x0A])
        var previous: UInt8 = 0x0A
        var line = 0
        for byte in bytes {
            #expect(previous != 0x0A || byte != UInt8(ascii: "."))
            #expect((byte == 0x0A) == (previous == 0x0D))
            line = byte == 0x0A ? 0 : line + 1
            #expect(line < 998)
            previous = byte
        }
    }

    @Test func `is a message with a header, where there is room for one`() {
        let text = String(decoding: bytes(of: 1024, inPiecesOf: 1024), as: UTF8.self)
        #expect(text.hasPrefix("From: <smtp-load@example.org>\r\n"))
        #expect(text.contains("\r\n\r\n"))
    }

    @Test(arguments: [1, 7, 64, 4096, 100_000])
    func `is the same in pieces of any size`(piece: Int) {
        #expect(bytes(of: 150_001, inPiecesOf: piece) == bytes(of: 150_001, inPiecesOf: 65_536))
    }

    @Test func `may be larger than any memory`() {
        let content = Content(size: 1 << 40)
        var output = ByteQueue()
        let next = content.append(from: (1 << 40) - 100, atMost: 1000, to: &output)
        #expect(next == 1 << 40)
        #expect(output.count == 100)
    }

    private func bytes(of size: Int, inPiecesOf piece: Int) -> [UInt8] {
        let content = Content(size: size)
        var output = ByteQueue()
        var position = 0
        while position < size {
            let next = content.append(from: position, atMost: piece, to: &output)
            precondition(next > position && next <= position + piece)
            position = next
        }
        return output.withBytes { span in
            span.withUnsafeBytes { Array($0) }
        }
    }
}
