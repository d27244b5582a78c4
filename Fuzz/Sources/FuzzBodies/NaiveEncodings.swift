/// Decodes bodies in the simplest way there is.
enum NaiveEncodings {
    /// Quoted-printable, line by line (RFC 2045 §6.7).
    static func quotedPrintable(_ text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text[...]
        while !rest.isEmpty {
            var line = Array(rest.prefix { $0 != 0x0D && $0 != 0x0A })
            rest = rest.dropFirst(line.count)
            let end = rest.starts(with: [0x0D, 0x0A]) ? rest.prefix(2) : rest.prefix(1)
            rest = rest.dropFirst(end.count)
            while let last = line.last, last == 0x20 || last == 0x09 { line.removeLast() }
            let isSoft = line.last == UInt8(ascii: "=")
            if isSoft { line.removeLast() }
            bytes += escapes(line)
            if !isSoft { bytes += end }
        }
        return bytes
    }

    private static func escapes(_ line: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = 0
        while index < line.count {
            let code = line[index...].dropFirst().prefix(2)
            if line[index] == UInt8(ascii: "="), code.count == 2, code.allSatisfy(isHex),
                let byte = UInt8(String(decoding: code, as: UTF8.self), radix: 16)
            {
                bytes.append(byte)
                index += 3
            } else {
                bytes.append(line[index])
                index += 1
            }
        }
        return bytes
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        Array("0123456789abcdefABCDEF".utf8).contains(byte)
    }

    /// Base64: bits from digit to digit, up to each padding (RFC 2045 §6.8).
    static func base64(_ text: [UInt8]) -> [UInt8] {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bytes: [UInt8] = []
        for run in text.split(separator: UInt8(ascii: "=")) {
            let bits = run.compactMap { digits.firstIndex(of: $0) }.flatMap { digit in
                (0..<6).map { UInt8(digit >> (5 - $0) & 1) }
            }
            for start in stride(from: 0, to: bits.count - 7, by: 8) {
                bytes.append(bits[start..<start + 8].reduce(0) { $0 << 1 | $1 })
            }
        }
        return bytes
    }
}
