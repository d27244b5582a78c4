/// Reads the lines of a head the naive way.
enum NaiveHead {
    typealias End = NaiveHTTP.End

    static func isToken(_ byte: UInt8) -> Bool {
        let others = Array("!#$%&'*+-.^_`|~".utf8)
        let character = Character(Unicode.Scalar(byte))
        return byte < 0x80 && (character.isLetter || character.isNumber) || others.contains(byte)
    }

    static func isText(_ byte: UInt8) -> Bool { byte == 0x09 || byte >= 0x20 && byte != 0x7F }

    /// A request, and the length of its body; nil where that comes in chunks.
    static func read(_ lines: [[UInt8]]) throws(End) -> (NaiveHTTP.Request, Int?) {
        var request = NaiveHTTP.Request()
        let parts = lines[0].split(separator: 0x20, omittingEmptySubsequences: false).map(
            Array.init)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(isToken),
            parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 })
        else { throw End(status: 400) }
        request.method = String(decoding: parts[0], as: UTF8.self)
        let version = String(decoding: parts[2], as: UTF8.self)
        let versions = (0...9).flatMap { major in (0...9).map { "HTTP/\(major).\($0)" } }
        guard versions.contains(version) else { throw End(status: 400) }
        guard version.hasPrefix("HTTP/1.") else { throw End(status: 505) }
        request.isOld = version == "HTTP/1.0"
        guard request.method != "CONNECT" else { throw End(status: 501) }
        try readTarget(parts[1], into: &request)
        guard lines.count - 1 <= NaiveHTTP.fields else { throw End(status: 431) }
        var fields: [(name: String, value: [UInt8])] = []
        for line in lines.dropFirst() { fields.append(try field(line)) }
        func all(_ name: String) -> [[UInt8]] { fields.filter { $0.name == name }.map(\.value) }
        let length = try length(all("content-length"), all("transfer-encoding"), request.isOld)
        let hosts = all("host")
        let others = Array("-._~%!$&'()*+;=:[]".utf8)
        guard hosts.count < 2, hosts.count == 1 || request.isOld,
            hosts.joined().allSatisfy({ isAlphanumeric($0) || others.contains($0) }),
            all("authorization").count < 2
        else { throw End(status: 400) }
        let expected = all("expect").first.map { String(decoding: $0, as: UTF8.self).lowercased() }
        if let expected, !request.isOld, expected != "100-continue" { throw End(status: 417) }
        let options = all("connection").flatMap { $0.split(separator: 0x2C) }
            .map { String(decoding: trimmed(Array($0)), as: UTF8.self).lowercased() }
        request.keepsAlive =
            request.isOld ? options.contains("keep-alive") : !options.contains("close")
        return (request, length)
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte < 0x80 && isToken(byte) && !"!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while let byte = bytes.first, byte == 0x20 || byte == 0x09 { bytes.removeFirst() }
        while let byte = bytes.last, byte == 0x20 || byte == 0x09 { bytes.removeLast() }
        return bytes
    }

    static func field(_ line: [UInt8]) throws(End) -> (name: String, value: [UInt8]) {
        let name = Array(line.prefix { $0 != 0x3A })
        guard name.count < line.count, !name.isEmpty, name.allSatisfy(isToken) else {
            throw End(status: 400)
        }
        let value = trimmed(Array(line.dropFirst(name.count + 1)))
        guard value.allSatisfy(isText) else { throw End(status: 400) }
        return (String(decoding: name, as: UTF8.self).lowercased(), value)
    }

    private static func length(
        _ lengths: [[UInt8]], _ codings: [[UInt8]], _ isOld: Bool
    ) throws(End) -> Int? {
        if !codings.isEmpty {
            guard lengths.isEmpty, !isOld else { throw End(status: 400) }
            let names = codings.map { String(decoding: $0, as: UTF8.self).lowercased() }
            guard names == ["chunked"] else { throw End(status: 501) }
            return nil
        }
        guard let digits = lengths.first else { return 0 }
        guard lengths.count == 1, (1...18).contains(digits.count),
            digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let length = Int(String(decoding: digits, as: UTF8.self))
        else { throw End(status: 400) }
        return length
    }

    /// The size of a chunk; nil for the last, which has none.
    static func chunkSize(_ line: [UInt8]) throws(End) -> Int? {
        let text = String(decoding: line, as: UTF8.self)
        let digits = text.unicodeScalars.prefix {
            "0123456789abcdefABCDEF".unicodeScalars.contains($0)
        }
        let extra = trimmed(Array(line.dropFirst(digits.count)))
        guard !digits.isEmpty, extra.isEmpty || extra[0] == 0x3B, extra.allSatisfy(isText) else {
            throw End(status: 400)
        }
        guard digits.count <= 15, let size = Int(String(digits), radix: 16) else {
            throw End(status: 413)
        }
        return size == 0 ? nil : size
    }
}
