/// Reads replies byte by byte, and holds them to RFC 5321 §4.2.
struct ReplyReader {
    /// A whole reply: its code, and what its last line says.
    struct Reply {
        var code = 0
        /// The number of the connection and the serial that the responder has put in.
        var number: (link: Int, serial: Int)?
        var bytes: Int?
        var hash: Int?
        var saysTimeout = false
        var saysShutdown = false
    }

    enum Outcome {
        case more
        case reply(Reply)
        case flaw(String)
    }

    private var line: [UInt8] = []
    /// The code of the lines so far of a reply of several.
    private var openCode: Int?

    /// Whether a reply has begun and not ended.
    var isAmidReply: Bool { !line.isEmpty || openCode != nil }

    mutating func take(_ byte: UInt8) -> Outcome {
        line.append(byte)
        guard byte == 0x0A else {
            return line.count > 512 ? .flaw("a line of over 512 bytes") : .more
        }
        defer { line.removeAll(keepingCapacity: true) }
        guard line.count >= 6, line[line.count - 2] == 0x0D, let code = number(0, 3),
            (200..<600).contains(code), line[3] == 0x20 || line[3] == 0x2D,
            openCode == nil || openCode == code
        else { return .flaw("no line of a reply: \(String(decoding: line, as: UTF8.self))") }
        guard line[3] == 0x20 else {
            openCode = code
            return .more
        }
        openCode = nil
        return .reply(read(code))
    }

    private func read(_ code: Int) -> Reply {
        var reply = Reply(code: code)
        if let mark = line.firstIndex(of: 0x23) {
            let dot = line[mark...].firstIndex(of: 0x2E) ?? mark
            if let link = number(mark + 1, dot), let serial = number(dot + 1, end(dot + 1)) {
                reply.number = (link, serial)
            }
            reply.bytes = field("bytes=", from: mark)
            reply.hash = field("hash=", from: mark)
        } else if code == 421 {
            let text = String(decoding: line, as: UTF8.self)
            reply.saysTimeout = text.contains("Timeout")
            reply.saysShutdown = text.contains("shutting down")
        }
        return reply
    }

    private func field(_ name: StaticString, from start: Int) -> Int? {
        let count = name.utf8CodeUnitCount
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: count)
        for index in start..<line.count where line[index...].starts(with: wanted) {
            return number(index + count, end(index + count))
        }
        return nil
    }

    /// Where the digits end.
    private func end(_ start: Int) -> Int {
        line[start...].firstIndex { $0 < 0x30 || $0 > 0x39 } ?? line.count
    }

    private func number(_ start: Int, _ end: Int) -> Int? {
        guard start < end else { return nil }
        var value = 0
        for byte in line[start..<end] {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int(byte - 0x30)
        }
        return value
    }
}
