extension HTTPRequest {
    /// Reads a head, which ends with an empty line, and has no bare CR or LF.
    ///
    /// What two readers could understand differently is refused: RFC 9112 §11.2.
    init(head: [UInt8], _ limits: HTTPLimits) throws(Refusal) {
        var lines = head.lines[...]
        guard let line = lines.popFirst() else { throw Refusal(400) }
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(\.isTokenByte),
            parts[1].allSatisfy(\.isTargetByte)
        else { throw Refusal(400) }
        isOld = try Self.isOld(parts[2])
        let method = String(decoding: parts[0], as: UTF8.self)
        self.method = method
        guard method != "CONNECT" else { throw Refusal(501) }
        let isAsterisk = method == "OPTIONS" && parts[1].elementsEqual("*".utf8)
        guard let target = isAsterisk ? .asterisk : RequestTarget(parts[1]) else {
            throw Refusal(400)
        }
        self.target = target
        guard lines.count <= limits.fields else { throw Refusal(431) }
        var fields = HTTPFields()
        for line in lines { try fields.append(line: line) }
        self.fields = fields
        framing = try BodyFraming(fields, isOld: isOld)
        let hosts = fields.values(of: "host")
        guard hosts.count == 1 || hosts.isEmpty && isOld,
            hosts.allSatisfy({ $0.utf8.allSatisfy(\.isHostByte) }),
            fields.values(of: "authorization").count <= 1
        else { throw Refusal(400) }
        if let expected = fields["expect"], !isOld, expected.lowercased() != "100-continue" {
            throw Refusal(417)
        }
    }

    private static func isOld(_ version: ArraySlice<UInt8>) throws(Refusal) -> Bool {
        let bytes = Array(version)
        guard bytes.count == 8, bytes.starts(with: "HTTP/".utf8), bytes[6] == UInt8(ascii: "."),
            let major = bytes[5...5].decimal, let minor = bytes[7...7].decimal
        else { throw Refusal(400) }
        guard major == 1 else { throw Refusal(505) }
        return minor == 0
    }
}

/// Why a request is not answered by anybody but the layer: the connection ends with this status.
package struct Refusal: Error, Equatable {
    package let status: HTTPStatus

    package init(_ status: HTTPStatus) { self.status = status }
}

extension HTTPFields {
    /// Appends the field of a line; a continued one is refused (RFC 9112 §5.2).
    mutating func append(line: ArraySlice<UInt8>) throws(Refusal) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy(\.isTokenByte)
        else { throw Refusal(400) }
        let value = line[(colon + 1)...].trimmed
        guard value.allSatisfy(\.isFieldByte) else { throw Refusal(400) }
        append(
            String(decoding: line[..<colon], as: UTF8.self),
            String(decoding: value, as: UTF8.self))
    }
}

extension BodyFraming {
    /// Reads where the body ends: one length, or chunks, never both.
    fileprivate init(_ fields: HTTPFields, isOld: Bool) throws(Refusal) {
        let lengths = fields.values(of: "content-length")
        let codings = fields.values(of: "transfer-encoding")
        guard codings.isEmpty else {
            guard lengths.isEmpty, !isOld else { throw Refusal(400) }
            guard codings.count == 1, codings[0].lowercased() == "chunked" else {
                throw Refusal(501)
            }
            self = .chunked
            return
        }
        guard let length = lengths.first else {
            self = .length(0)
            return
        }
        guard lengths.count == 1, let bytes = Array(length.utf8).decimal else {
            throw Refusal(400)
        }
        self = .length(bytes)
    }
}

extension [UInt8] {
    /// The lines up to the first empty one, without their CRLF.
    fileprivate var lines: [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        while let end = self[start...].firstIndex(of: 0x0A), end > start + 1 {
            lines.append(self[start..<end - 1])
            start = end + 1
        }
        return lines
    }
}
