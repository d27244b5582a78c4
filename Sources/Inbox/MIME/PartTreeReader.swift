internal import BlackholeSMTP

/// Finds the parts of a message in one pass over its lines (RFC 2046 §5.1).
///
/// The boundaries of all multiparts that are open lie in one hash table, so that a line costs its own
/// length, however deep they nest and however much they resemble each other. Nothing here recurses.
struct PartTreeReader {
    private let content: [UInt8]
    private let limits: MIMEMessage.Limits
    private var nodes: [PartNode] = []
    private var fields: [FieldRange] = []
    private var defects: Defects = []
    /// The multiparts around the current line, the outermost first.
    private var frames: [Frame] = []
    /// The frames that wait for a boundary, the innermost last.
    private var open: [ArraySlice<UInt8>: [Int]] = [:]
    private var longestBoundary = 0
    /// The part whose lines come now; nil before the first and after the last part of a multipart.
    private var current: Int?
    private var header: HeaderSectionReader?

    private struct Frame {
        let node: Int
        let boundary: ArraySlice<UInt8>
        var isClosed = false
    }

    /// Finds the parts of a message.
    static func read(_ content: [UInt8], limits: MIMEMessage.Limits) -> PartTree {
        var reader = PartTreeReader(content: content, limits: limits)
        reader.begin(at: 0)
        reader.readLines()
        reader.end(keeping: 0, at: content.count, line: content.count)
        return PartTree(
            content: content, limits: limits, nodes: reader.nodes, fields: reader.fields,
            defects: reader.defects)
    }

    private init(content: [UInt8], limits: MIMEMessage.Limits) {
        (self.content, self.limits) = (content, limits)
    }

    /// Reads lines as long as they mean anything.
    private mutating func readLines() {
        var start = 0
        var previousEnd = 0
        while start < content.count, header != nil || !open.isEmpty {
            let line = Line(in: content, at: start)
            if let delimiter = delimiter(in: line.text) {
                end(keeping: delimiter.frame + 1, at: previousEnd, line: start)
                if delimiter.isClosing {
                    closeBoundary(of: delimiter.frame)
                } else if !begin(at: line.next) {
                    return
                }
            } else if header != nil {
                readHeader(line)
            }
            previousEnd = line.text.upperBound
            start = line.next
        }
    }

    // MARK: Header sections

    private mutating func readHeader(_ line: Line) {
        guard !line.text.isEmpty else { return endHeader(at: line.next, hasEmptyLine: true) }
        header?.read(line.text, of: content, into: &fields, limits: limits, defects: &defects)
        // A boundary is one, too, where the empty line before it is missing.
        if header?.firstBadLine == line.text.lowerBound, isOwnBoundary(line.text) {
            endHeader(at: line.next, hasEmptyLine: false)
            begin(at: line.next)
        }
    }

    /// Whether a line amid a header section is the boundary that the section names.
    private mutating func isOwnBoundary(_ line: Range<Int>) -> Bool {
        guard let current, let header, content[line].starts(with: "--".utf8) else { return false }
        nodes[current].fields = header.firstField..<fields.count
        let boundary = contentType(of: nodes[current])?.boundary
        return boundary == content[line].dropFirst(2).trimmedEnd
            && nodes[current].level < limits.levels
    }

    private mutating func endHeader(at end: Int, hasEmptyLine: Bool) {
        guard let current, let header else { return }
        self.header = nil
        let start = header.bodyStart(
            end: end, hasEmptyLine: hasEmptyLine, fields: &fields, defects: &defects)
        nodes[current].fields = header.firstField..<fields.count
        nodes[current].body = start..<start
        let type = contentType(of: nodes[current])
        if let type, !type.value.isEmpty { nodes[current].type = MediaType(name: type.value) }
        guard nodes[current].type.isMultipart else { return }
        guard nodes[current].level < limits.levels else {
            defects.insert(.tooDeep)
            return
        }
        guard let boundary = type?.boundary else {
            defects.insert(.noBoundary)
            nodes[current].type = MediaType()
            return
        }
        open[boundary, default: []].append(frames.count)
        longestBoundary = max(longestBoundary, boundary.count)
        frames.append(Frame(node: current, boundary: boundary))
        self.current = nil
    }

    /// The first Content-Type among a part's fields.
    private mutating func contentType(of node: PartNode) -> FieldParameters? {
        let name = "content-type"
        guard let field = fields[node.fields].first(where: { content[$0.name].isName(name) })
        else { return nil }
        return FieldParameters(contentType: content[field.value].unfolded, defects: &defects)
    }

    // MARK: Boundaries

    /// The frame whose boundary a line is.
    private func delimiter(in line: Range<Int>) -> (frame: Int, isClosing: Bool)? {
        guard !open.isEmpty, line.count > 2, content[line].starts(with: "--".utf8) else {
            return nil
        }
        let text = content[line].dropFirst(2).trimmedEnd
        guard text.count <= longestBoundary + 2 else { return nil }
        if let frame = open[text]?.last { return (frame, false) }
        guard text.suffix(2).elementsEqual("--".utf8), let frame = open[text.dropLast(2)]?.last
        else { return nil }
        return (frame, true)
    }

    /// Begins a part of the innermost multipart; false if there are enough.
    @discardableResult
    private mutating func begin(at start: Int) -> Bool {
        guard nodes.count < max(limits.parts, 1) else {
            defects.insert(.tooManyParts)
            return false
        }
        let parent = frames.last?.node
        var node = PartNode(
            parent: parent, level: frames.count + 1,
            number: parent.map { nodes[$0].children.count + 1 } ?? 0,
            fields: fields.count..<fields.count, body: start..<start)
        if let parent {
            nodes[parent].children.append(nodes.count)
            // RFC 2046 §5.1.5.
            if nodes[parent].type.name == "multipart/digest" { node.type.name = "message/rfc822" }
        }
        header = HeaderSectionReader(start: start, firstField: fields.count)
        current = nodes.count
        nodes.append(node)
        return true
    }

    /// Ends the current part and the frames within some outer ones.
    private mutating func end(keeping count: Int, at end: Int, line: Int) {
        // That may make a multipart of it, in which no part has begun.
        if header != nil { endHeader(at: line, hasEmptyLine: false) }
        if let current { endBody(of: current, at: end) }
        current = nil
        while frames.count > count, let frame = frames.last {
            if !frame.isClosed { abandon(frame) }
            frames.removeLast()
            endBody(of: frame.node, at: end)
        }
    }

    private mutating func endBody(of node: Int, at end: Int) {
        // A boundary right after the header takes the end of the line before it.
        nodes[node].body = min(nodes[node].body.lowerBound, end)..<end
    }

    /// No line is the boundary of a frame any more: what follows is its epilogue.
    private mutating func closeBoundary(of frame: Int) {
        frames[frame].isClosed = true
        let boundary = frames[frame].boundary
        open[boundary]?.removeLast()
        if open[boundary]?.isEmpty == true { open[boundary] = nil }
    }

    /// The last boundary of the innermost frame is missing.
    private mutating func abandon(_ frame: Frame) {
        closeBoundary(of: frames.count - 1)
        // Of what follows the last part nobody has looked for boundaries.
        guard !defects.contains(.tooManyParts) else { return }
        if !nodes[frame.node].children.isEmpty {
            defects.insert(.unclosedBoundary)
        } else {
            defects.insert(.noStartBoundary)
            nodes[frame.node].type = MediaType()
        }
    }
}
