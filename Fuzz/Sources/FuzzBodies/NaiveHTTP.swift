/// Reads requests of HTTP the naive way: byte by byte, from the start again for each.
struct NaiveHTTP {
    /// A request as it is noted: what a responder must hear.
    struct Request: Equatable {
        var method = ""
        var path = ""
        var query: [String] = []
        var body: [UInt8] = []
        var isOld = false
        var keepsAlive = true
    }

    /// Why reading stops.
    struct End: Error { let status: Int }

    /// The bounds, as small as inputs are.
    static let requestLine = 64
    static let head = 160
    static let fields = 5
    static let chunkLine = 12
    static let body = 40

    private(set) var requests: [Request] = []
    /// The status that ends the connection; nil where more may come.
    private(set) var refusal: Int?
    /// Whether what is refused was asked by HEAD, HTTP/1.0 among it.
    private(set) var refused = Request()
    /// Whether a request has begun that is not complete.
    private(set) var isAmid = false
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
        do throws(End) {
            while try next() {}
        } catch {
            refusal = error.status
        }
    }

    /// Reads a request; false where there is none, or where none may follow.
    private mutating func next() throws(End) -> Bool {
        while rest.starts(with: [0x0D, 0x0A]) { rest = rest.dropFirst(2) }
        // A CR may be the first half of an empty line.
        isAmid = !rest.isEmpty && !rest.elementsEqual([0x0D])
        refused = Request()
        guard let lines = try headLines() else { return false }
        var (request, length) = try NaiveHead.read(lines)
        refused = request
        if let length {
            guard length <= Self.body else { throw End(status: 413) }
            guard rest.count >= length else { return false }
            request.body = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
        } else {
            guard try readChunks(into: &request.body) else { return false }
        }
        requests.append(request)
        isAmid = false
        return request.keepsAlive && request.path != "/stream"
    }

    /// The lines of a head, once all of it is there.
    private mutating func headLines() throws(End) -> [[UInt8]]? {
        try checkMethod()
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        for (index, byte) in rest.enumerated() {
            if lines.isEmpty, index >= Self.requestLine { throw End(status: 414) }
            if index >= Self.head { throw End(status: 431) }
            line.append(byte)
            guard byte == 0x0A else { continue }
            guard line.count > 1, line[line.count - 2] == 0x0D else { throw End(status: 400) }
            line.removeLast(2)
            if lines.isEmpty, !line.suffix(9).starts(with: " HTTP/".utf8) {
                throw End(status: 400)
            }
            if line.isEmpty {
                rest = rest.dropFirst(index + 1)
                return lines
            }
            lines.append(line)
            line = []
        }
        return nil
    }

    private func checkMethod() throws(End) {
        if !isAmid { return }
        let method = rest.prefix { $0 != 0x20 }
        if !method.prefix(32).allSatisfy(NaiveHead.isToken) || method.count > 32 {
            throw End(status: 400)
        }
        if method.isEmpty, !rest.isEmpty { throw End(status: 400) }
    }

    private mutating func readChunks(into body: inout [UInt8]) throws(End) -> Bool {
        while true {
            guard let line = try line(upTo: Self.chunkLine, 400) else { return false }
            guard var left = try NaiveHead.chunkSize(line) else { break }
            while left > 0 {
                guard let byte = rest.popFirst() else { return false }
                body.append(byte)
                guard body.count <= Self.body else { throw End(status: 413) }
                left -= 1
            }
            guard let end = try self.line(upTo: 2, 400) else { return false }
            guard end.isEmpty else { throw End(status: 400) }
        }
        var left = Self.head
        while true {
            guard let line = try line(upTo: left, 431) else { return false }
            if line.isEmpty { return true }
            left -= line.count + 2
            _ = try NaiveHead.field(line)
        }
    }

    /// The next line, once all of it is there.
    private mutating func line(upTo limit: Int, _ status: Int) throws(End) -> [UInt8]? {
        var line: [UInt8] = []
        if limit == 0 { throw End(status: status) }
        for byte in rest {
            line.append(byte)
            if byte == 0x0A {
                guard line.count > 1, line[line.count - 2] == 0x0D else { throw End(status: 400) }
                rest = rest.dropFirst(line.count)
                return line.dropLast(2)
            }
            if line.count == limit { throw End(status: status) }
        }
        return nil
    }
}
