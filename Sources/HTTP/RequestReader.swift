/// Reads one request after another: the machine of ``HTTPLayer``.
///
/// It keeps no byte: what it has not consumed is offered again, with more behind it. A head ends at the
/// first empty line; a CR or LF that is not part of a CRLF ends the connection.
package struct RequestReader: Sendable {
    /// What stands at the start of the input.
    package enum Step {
        /// Nothing complete.
        case incomplete
        /// The head of a request; what follows is its body, and then its ``end``.
        case head(HTTPRequest)
        /// Bytes of the body.
        case body(Range<Int>)
        /// The request is complete.
        case end
    }

    private enum State: Equatable {
        case head
        case body(left: Int)
        case chunkLine
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case end
    }

    private let limits: HTTPLimits
    private var state = State.head
    /// How much of the input, from what was consumed on, was looked at for the end of a line: no byte
    /// is looked at twice.
    private var scanned = 0
    /// Where the line begins that was not complete, counted likewise.
    private var lineStart = 0
    /// What trailers may still have.
    private var trailersLeft = 0

    package init(_ limits: HTTPLimits) { self.limits = limits }

    /// Whether no byte of a request has come since the last.
    package var isBetweenRequests: Bool { state == .head && scanned == 0 }

    /// Reads what comes next from `start` on, which moves behind what is consumed.
    ///
    /// - Throws: a refusal, after which nothing can be read.
    package mutating func next(in input: RawSpan, from start: inout Int) throws(Refusal) -> Step {
        while true {
            switch state {
            case .head: return try head(in: input, from: &start)
            case .body(let left):
                if left == 0 {
                    state = .end
                    continue
                }
                guard let piece = piece(of: left, in: input, from: &start) else {
                    return .incomplete
                }
                state = .body(left: left - piece.count)
                return .body(piece)
            case .chunkLine:
                guard let line = try line(in: input, from: &start, limit: limits.chunkLine, 400)
                else { return .incomplete }
                let size = try Self.chunkSize(line)
                trailersLeft = limits.head
                state = size == 0 ? .trailers : .chunk(left: size)
            case .chunk(let left):
                guard left > 0 else {
                    state = .chunkEnd
                    continue
                }
                guard let piece = piece(of: left, in: input, from: &start) else {
                    return .incomplete
                }
                state = .chunk(left: left - piece.count)
                return .body(piece)
            case .chunkEnd:
                guard let line = try line(in: input, from: &start, limit: 2, 400) else {
                    return .incomplete
                }
                guard line.isEmpty else { throw Refusal(400) }
                state = .chunkLine
            case .trailers:
                guard let line = try line(in: input, from: &start, limit: trailersLeft, 431) else {
                    return .incomplete
                }
                trailersLeft -= line.count + 2
                if line.isEmpty { state = .end }
                // They are read and forgotten, but they must be fields.
                var trailers = HTTPFields()
                if !line.isEmpty { try trailers.append(line: line[...]) }
            case .end:
                state = .head
                return .end
            }
        }
    }

    private mutating func head(
        in input: RawSpan, from start: inout Int
    ) throws(Refusal) -> Step {
        // RFC 9112 §2.2: empty lines before a request are passed over.
        while input.byteCount - start >= 2, input[start] == 0x0D, input[start + 1] == 0x0A {
            start += 2
        }
        // Half of an empty line may be there.
        if input.byteCount - start == 1, input[start] == 0x0D { return .incomplete }
        try checkMethod(in: input, from: start)
        guard let end = try endOfHead(in: input, from: start) else { return .incomplete }
        let head = input.extracting(start..<end).withUnsafeBytes { Array($0) }
        let request = try HTTPRequest(head: head, limits)
        start = end
        scanned = 0
        lineStart = 0
        switch request.framing {
        case .length(let bytes): state = .body(left: bytes)
        case .chunked: state = .chunkLine
        }
        return .head(request)
    }

    /// Refuses at once what does not begin like a request.
    private func checkMethod(in input: RawSpan, from start: Int) throws(Refusal) {
        for offset in 0..<min(input.byteCount - start, 33) {
            let byte = input[start + offset]
            if byte == 0x20, offset > 0 { return }
            guard byte.isTokenByte, offset < 32 else { throw Refusal(400) }
        }
    }

    /// Refuses a first line at once that does not end like a request line.
    private func checkVersion(
        in input: RawSpan, before end: Int, from start: Int
    ) throws(Refusal) {
        let version = input.extracting(max(start, end - 9)..<end)
        guard version.withUnsafeBytes({ $0.starts(with: " HTTP/".utf8) }) else {
            throw Refusal(400)
        }
    }

    /// Where the head that begins at `start` ends; nil if its end has not come.
    private mutating func endOfHead(in input: RawSpan, from start: Int) throws(Refusal) -> Int? {
        while let feed = input.firstIndex(of: 0x0A, from: start + scanned) {
            let length = feed + 1 - start
            // In this order, so that the status is the same however the bytes arrive.
            guard lineStart > 0 || length <= limits.requestLine else { throw Refusal(414) }
            guard length <= limits.head else { throw Refusal(431) }
            guard length - lineStart >= 2, input[feed - 1] == 0x0D else { throw Refusal(400) }
            if lineStart == 0 { try checkVersion(in: input, before: feed - 1, from: start) }
            if length - lineStart == 2 { return feed + 1 }
            lineStart = length
            scanned = length
        }
        scanned = input.byteCount - start
        guard lineStart > 0 || scanned <= limits.requestLine else { throw Refusal(414) }
        guard scanned <= limits.head else { throw Refusal(431) }
        return nil
    }

    /// The next line without its CRLF; nil if its end has not come.
    private mutating func line(
        in input: RawSpan, from start: inout Int, limit: Int, _ status: HTTPStatus
    ) throws(Refusal) -> [UInt8]? {
        guard let feed = input.firstIndex(of: 0x0A, from: start + scanned) else {
            scanned = input.byteCount - start
            guard scanned < limit else { throw Refusal(status) }
            return nil
        }
        guard feed + 1 - start <= limit else { throw Refusal(status) }
        guard feed > start, input[feed - 1] == 0x0D else { throw Refusal(400) }
        defer { start = feed + 1 }
        scanned = 0
        return input.extracting(start..<feed - 1).withUnsafeBytes { Array($0) }
    }

    private func piece(of left: Int, in input: RawSpan, from start: inout Int) -> Range<Int>? {
        let count = min(left, input.byteCount - start)
        guard count > 0 else { return nil }
        defer { start += count }
        return start..<start + count
    }

    /// The size that a line gives; what extends it is passed over (RFC 9112 §7.1.1).
    private static func chunkSize(_ line: [UInt8]) throws(Refusal) -> Int {
        let digits = line.prefix { $0.hexValue != nil }
        let rest = line.dropFirst(digits.count).trimmed
        guard !digits.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: ";"),
            rest.allSatisfy(\.isFieldByte)
        else { throw Refusal(400) }
        guard digits.count <= 15 else { throw Refusal(413) }
        return digits.reduce(0) { $0 << 4 | ($1.hexValue ?? 0) }
    }
}

extension RawSpan {
    fileprivate subscript(index: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }

    /// The offset of the first such byte from `start` on.
    fileprivate func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        withUnsafeBytes { $0[start...].firstIndex(of: byte) }
    }
}
