internal import BlackholeSMTP

/// A value with parameters: Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2183, RFC 2231).
struct FieldParameters {
    /// The value before the parameters, in small letters; empty where it cannot be read.
    let value: String
    /// The parameters by their names, in small letters.
    let parameters: [String: FieldParameter]

    /// The boundary of a multipart; nil if there is none.
    var boundary: ArraySlice<UInt8>? {
        let boundary = parameters["boundary"]?.bytes[...].trimmedEnd ?? []
        return boundary.isEmpty ? nil : boundary
    }

    /// Reads `text/plain; charset=utf-8`.
    init(contentType field: [UInt8], defects: inout Defects) {
        var reader = ParameterReader(field)
        let value = reader.mediaType()
        if value.isEmpty { defects.insert(.badContentType) }
        self.value = value
        parameters = reader.parameters(&defects)
    }

    /// Reads `attachment; filename=a.txt`.
    init(contentDisposition field: [UInt8], defects: inout Defects) {
        var reader = ParameterReader(field)
        value = reader.disposition()
        parameters = reader.parameters(&defects)
    }

    /// A parameter as text.
    func text(_ name: String, defects: inout Defects) -> String? {
        parameters[name]?.text(&defects)
    }
}

/// The value of a parameter.
struct FieldParameter {
    /// The bytes, with sections joined and percent codes undone.
    var bytes: [UInt8]
    /// The charset that the parameter names; nil where it is not extended (RFC 2231 §4).
    var charset: [UInt8]?

    /// As text; encoded words, which do not belong there and are common, are decoded, too.
    func text(_ defects: inout Defects) -> String {
        if let charset { return NamedText.decode(bytes, label: charset, defects: &defects) }
        return EncodedWords.decode(bytes, defects: &defects)
    }
}

/// Reads the value, and then the parameters.
struct ParameterReader {
    private var scanner: FieldScanner

    init(_ field: [UInt8]) { scanner = FieldScanner(field) }

    /// `text/plain` in small letters; empty if there is none.
    mutating func mediaType() -> String {
        scanner.skipSpace()
        let type = scanner.prefix(while: \.isToken)
        scanner.skipSpace()
        guard scanner.take("/") else { return "" }
        scanner.skipSpace()
        let subtype = scanner.prefix(while: \.isToken)
        guard !type.isEmpty, !subtype.isEmpty else { return "" }
        return type.lowercasedName + "/" + subtype.lowercasedName
    }

    /// `attachment` in small letters; empty if there is none.
    mutating func disposition() -> String {
        scanner.skipSpace()
        let start = scanner.index
        let word = scanner.quotedString()?[...] ?? scanner.prefix(while: \.isToken)
        scanner.skipSpace()
        guard scanner.next != UInt8(ascii: "=") else {
            // A parameter stands where the disposition should.
            scanner.rewind(to: start)
            return ""
        }
        return word.lowercasedName
    }

    /// All parameters by their names.
    mutating func parameters(_ defects: inout Defects) -> [String: FieldParameter] {
        var sections = ParameterSections()
        if scanner.next != nil, scanner.next != UInt8(ascii: ";") {
            // What follows the value, or a parameter without one before it.
            if !readParameter(into: &sections, &defects) { skipJunk(&defects) }
        }
        while scanner.take(";") {
            scanner.skipSpace()
            guard let next = scanner.next, next != UInt8(ascii: ";") else { continue }
            if !readParameter(into: &sections, &defects) { defects.insert(.badParameter) }
            skipJunk(&defects)
        }
        return sections.joined(&defects)
    }

    private mutating func readParameter(
        into sections: inout ParameterSections, _ defects: inout Defects
    ) -> Bool {
        let name = scanner.prefix(while: \.isToken)
        scanner.skipSpace()
        guard !name.isEmpty, scanner.take("=") else { return false }
        scanner.skipSpace()
        let base = name.prefix { $0 != UInt8(ascii: "*") }
        let isFileName = base.isName("filename") || base.isName("name")
        let value = scanner.quotedString() ?? bareValue(isFileName: isFileName, &defects)
        sections.add(name, value, &defects)
        return true
    }

    /// A value without quotes: up to the next blank or semicolon.
    ///
    /// File names have blanks where a mailer forgot the quotes, and go on; a comment at the end is
    /// none of them.
    private mutating func bareValue(isFileName: Bool, _ defects: inout Defects) -> [UInt8] {
        if scanner.take("\"") { defects.insert(.badParameter) }
        let start = scanner.index
        var end = start
        while let next = scanner.next, next != UInt8(ascii: ";") {
            if next.isBlank {
                guard isFileName else { break }
                scanner.skipSpace()
            } else if next == UInt8(ascii: "("), !isFileName {
                break
            } else {
                scanner.advance()
                end = scanner.index
            }
        }
        return Array(scanner.bytes[start..<end])
    }

    /// Skips what stands between a value and the next semicolon.
    private mutating func skipJunk(_ defects: inout Defects) {
        scanner.skipSpace()
        while let next = scanner.next, next != UInt8(ascii: ";") {
            defects.insert(.badParameter)
            if scanner.quotedString() == nil { scanner.advance() }
        }
    }
}

extension UInt8 {
    /// A byte of a token (RFC 2045 §5.1); bytes that are not ASCII are taken, too.
    fileprivate var isToken: Bool {
        guard self > 0x20, self != 0x7F else { return false }
        switch Unicode.Scalar(self) {
        case "(", ")", "<", ">", "@", ",", ";", ":", "\\", "\"", "/", "[", "]", "?", "=":
            return false
        default: return true
        }
    }
}
