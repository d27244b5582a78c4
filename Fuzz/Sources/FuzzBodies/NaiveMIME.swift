import BlackholeInbox

/// Finds the parts of a message in the simplest way there is: line by line, one function for each level.
struct NaiveMIME {
    /// A part with the parts within it.
    struct Part {
        var type = "text/plain"
        var headers: [[[UInt8]]] = []
        var body = 0..<0
        var parts: [Part] = []
    }

    private let content: [UInt8]
    private let lines: [(text: Range<Int>, next: Int)]
    private(set) var root = Part()

    init(_ content: [UInt8]) {
        self.content = content
        var lines: [(text: Range<Int>, next: Int)] = []
        var start = 0
        while start < content.count {
            let end = content[start...].firstIndex { $0 == 0x0D || $0 == 0x0A } ?? content.count
            let isPair = content[end...].starts(with: [0x0D, 0x0A])
            let next = min(content.count, end + (isPair ? 2 : 1))
            lines.append((start..<end, next))
            start = next
        }
        self.lines = lines
        (root, _) = part(at: 0, type: "text/plain", within: [])
    }

    /// Reads the part that begins at a line, up to the first that is a boundary of those around it.
    private func part(at first: Int, type: String, within outer: [[UInt8]]) -> (Part, end: Int) {
        var part = Part()
        part.type = type
        var line = first
        var bad: Int?
        var isField = false
        var fields: [(name: Range<Int>, value: Range<Int>)] = []
        var hasEmptyLine = false
        var isCutByOwn = false
        while line < lines.count, boundary(at: line, outer) == nil {
            let text = lines[line].text
            line += 1
            if text.isEmpty {
                hasEmptyLine = true
                break
            }
            if isBlank(content[text.lowerBound]) && isField {
                let last = fields.count - 1
                fields[last].value = fields[last].value.lowerBound..<text.upperBound
            } else if let colon = colon(in: text) {
                let name = content[text.lowerBound..<colon].lastIndex { !isBlank($0) } ?? colon
                fields.append((text.lowerBound..<name + 1, colon + 1..<text.upperBound))
                isField = true
            } else {
                isField = false
                guard !isEnvelope(text) else { continue }
                bad = bad ?? text.lowerBound
                let before = fields.filter { $0.name.lowerBound < bad ?? 0 }
                if let own = Self.mediaType(headers(before), otherwise: type),
                    let name = own.boundary,
                    own.type.hasPrefix("multipart/"), trimmed(content[text]) == [0x2D, 0x2D] + name
                {
                    line -= 1
                    isCutByOwn = true
                    break
                }
            }
        }
        var start = line < lines.count ? lines[line].text.lowerBound : content.count
        if let bad, isCutByOwn || !hasEmptyLine || fields.isEmpty {
            fields.removeAll { $0.name.lowerBound > bad }
            start = bad
        }
        part.headers = headers(fields)
        let own = Self.mediaType(part.headers, otherwise: type)
        if let own { part.type = own.type }
        if part.type.hasPrefix("multipart/") {
            if let name = own?.boundary, hasEmptyLine || isCutByOwn {
                line = parts(of: &part, from: line, name, within: outer)
            } else {
                part.type = "text/plain"
            }
        }
        while line < lines.count, boundary(at: line, outer) == nil { line += 1 }
        var end = content.count
        if line < lines.count { end = line > 0 ? lines[line - 1].text.upperBound : 0 }
        part.body = min(start, end)..<end
        return (part, line)
    }

    /// Reads the parts of a multipart.
    ///
    /// - Returns: the line behind its last boundary, or that which is a boundary of those around it.
    private func parts(
        of part: inout Part, from first: Int, _ name: [UInt8], within outer: [[UInt8]]
    ) -> Int {
        var line = first
        var isClosed = false
        while line < lines.count {
            guard let found = boundary(at: line, outer + [name]) else {
                line += 1
                continue
            }
            guard found.level == outer.count else { break }
            line += 1
            if found.isLast {
                isClosed = true
                break
            }
            let type = part.type == "multipart/digest" ? "message/rfc822" : "text/plain"
            let (child, end) = self.part(at: line, type: type, within: outer + [name])
            part.parts.append(child)
            line = end
        }
        if !isClosed, part.parts.isEmpty { part.type = "text/plain" }
        return line
    }

    /// Which of some boundaries a line is, the innermost where it is several.
    private func boundary(at line: Int, _ names: [[UInt8]]) -> (level: Int, isLast: Bool)? {
        let text = trimmed(content[lines[line].text])
        for suffix in [[], [0x2D, 0x2D]] as [[UInt8]] {
            if let level = names.lastIndex(where: { [0x2D, 0x2D] + $0 + suffix == text }) {
                return (level, !suffix.isEmpty)
            }
        }
        return nil
    }

    // MARK: Fields

    private func headers(_ fields: [(name: Range<Int>, value: Range<Int>)]) -> [[[UInt8]]] {
        fields.map { [Array(content[$0.name]), Array(content[$0.value])] }
    }

    private func colon(in line: Range<Int>) -> Int? {
        guard let colon = content[line].firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = trimmed(content[line.lowerBound..<colon])
        return !name.isEmpty && name.allSatisfy { 0x21...0x7E ~= $0 } ? colon : nil
    }

    private func isEnvelope(_ line: Range<Int>) -> Bool {
        ["From ", ">From "].contains { content[line].starts(with: $0.utf8) }
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Without the blanks at its end.
    private func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = Array(bytes)
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        return bytes
    }

    /// What the first Content-Type says: the reader under test is asked about that field alone.
    private static func mediaType(
        _ headers: [[[UInt8]]], otherwise type: String
    ) -> (type: String, boundary: [UInt8]?)? {
        guard let field = headers.first(where: { isContentType($0[0]) }) else { return nil }
        let own = Array("Content-Type:".utf8) + field[1] + Array("\r\n\r\n".utf8)
        var boundary = Array((MIMEMessage(own).root.parameters["boundary"] ?? "").utf8)
        while let last = boundary.last, last == 0x20 || last == 0x09 { boundary.removeLast() }
        let digest = "Content-Type: multipart/digest; boundary=~outer~\r\n\r\n--~outer~\r\n"
        let before = type == "message/rfc822" ? Array(digest.utf8) : []
        let part = boundary.isEmpty ? [] : Array("--".utf8) + boundary + Array("\r\n\r\n".utf8)
        let root = MIMEMessage(before + own + part).root
        let read = before.isEmpty ? root : root.parts.first ?? root
        return (read.contentType, boundary.isEmpty ? nil : boundary)
    }

    private static func isContentType(_ name: [UInt8]) -> Bool {
        String(decoding: name, as: UTF8.self).lowercased() == "content-type"
    }
}
