internal import BlackholeSMTP

/// Where a header field lies in the content.
struct FieldRange {
    let name: Range<Int>
    /// What follows the colon, folds included, without the end of the last line.
    var value: Range<Int>
    let start: Int
}

/// Finds the fields of one header section, line by line (RFC 5322 §2.2, §4.5).
struct HeaderSectionReader {
    /// Where the section began, and where its fields begin among those of all sections.
    let start: Int
    let firstField: Int
    /// The first line that is no field.
    private(set) var firstBadLine: Int?
    /// Whether lines that begin with a blank continue a field that is kept.
    private var isContinuing = false
    private var isFull = false

    init(start: Int, firstField: Int) {
        (self.start, self.firstField) = (start, firstField)
    }

    /// Takes one line that is not empty.
    mutating func read(
        _ line: Range<Int>, of content: [UInt8], into fields: inout [FieldRange],
        limits: MIMEMessage.Limits, defects: inout Defects
    ) {
        guard !isFull else { return }
        guard line.upperBound - start <= limits.headerBytes else {
            // The field that goes on here is beyond the limit, too.
            if isContinuing, content[line.lowerBound].isBlank { fields.removeLast() }
            defects.insert(.headerTooLarge)
            isFull = true
            return
        }
        if content[line.lowerBound].isBlank {
            if isContinuing {
                let last = fields.count - 1
                fields[last].value = fields[last].value.lowerBound..<line.upperBound
                return
            }
        } else if let name = name(in: line, of: content, defects: &defects) {
            guard fields.count - firstField < limits.fields else {
                defects.insert(.tooManyFields)
                isFull = true
                return
            }
            fields.append(
                FieldRange(
                    name: name.range, value: name.colon + 1..<line.upperBound,
                    start: line.lowerBound))
            isContinuing = true
            return
        } else if isMboxLine(line, of: content) {
            defects.insert(.mboxLine)
            isContinuing = false
            return
        }
        isContinuing = false
        if firstBadLine == nil { firstBadLine = line.lowerBound }
    }

    /// Where the body begins when the section has ended, at an empty line or without one.
    ///
    /// Lines that are no fields are skipped if the section has fields and an empty line; otherwise the
    /// body begins at the first of them.
    func bodyStart(
        end: Int, hasEmptyLine: Bool, fields: inout [FieldRange], defects: inout Defects
    ) -> Int {
        guard let bad = firstBadLine else { return end }
        if hasEmptyLine, fields.count > firstField {
            defects.insert(.badHeaderLine)
            return end
        }
        defects.insert(.missingSeparator)
        while fields.count > firstField, let last = fields.last, last.start > bad {
            fields.removeLast()
        }
        return bad
    }

    /// The name of a field, visible ASCII, and the colon after it.
    private func name(in line: Range<Int>, of content: [UInt8], defects: inout Defects) -> (
        range: Range<Int>, colon: Int
    )? {
        var end = line.lowerBound
        while end < line.upperBound, content[end] != UInt8(ascii: ":"),
            UInt8(ascii: "!")...UInt8(ascii: "~") ~= content[end]
        { end += 1 }
        var colon = end
        while colon < line.upperBound, content[colon].isBlank { colon += 1 }
        guard end > line.lowerBound, colon < line.upperBound, content[colon] == UInt8(ascii: ":")
        else { return nil }
        if colon > end { defects.insert(.obsoleteHeader) }
        return (line.lowerBound..<end, colon)
    }

    private func isMboxLine(_ line: Range<Int>, of content: [UInt8]) -> Bool {
        let text = content[line]
        return text.starts(with: "From ".utf8) || text.starts(with: ">From ".utf8)
    }
}
