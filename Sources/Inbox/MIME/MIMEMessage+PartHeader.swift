extension MIMEMessage.Part {
    /// Its header fields, in their order.
    public var headers: [MIMEMessage.Header] {
        tree.fields[node.fields].map { field in
            MIMEMessage.Header(
                name: String(decoding: tree.content[field.name], as: UTF8.self),
                rawValue: Array(tree.content[field.value]))
        }
    }

    /// The parameters of its Content-Type, by their names in small letters, decoded (RFC 2231).
    public var parameters: [String: String] {
        var defects: Defects = []
        return type(&defects)?.parameters.mapValues { $0.text(&defects) } ?? [:]
    }

    /// The charset that its Content-Type names, as it was written; nil if there is none.
    public var charset: String? {
        var defects: Defects = []
        return type(&defects)?.text("charset", defects: &defects)
    }

    /// Its Content-Transfer-Encoding in small letters; `7bit` if there is none.
    public var transferEncoding: String {
        let name = encodingName
        return name.isEmpty ? "7bit" : name
    }

    /// Its Content-Disposition in small letters, `attachment` or `inline`; nil if there is none
    /// (RFC 2183).
    public var disposition: String? {
        var defects: Defects = []
        return placement(&defects).flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// The name of its file, decoded, as the sender has written it; nil if there is none.
    ///
    /// It is that of Content-Disposition, or else of Content-Type. It may hold anything, paths and
    /// control characters included.
    public var fileName: String? {
        var defects: Defects = []
        return fileName(&defects)
    }

    /// Its Content-ID without angle brackets (RFC 2392); nil if there is none.
    public var contentID: String? { identifier("content-id") }

    /// Its Content-Location (RFC 2557 §4); nil if there is none.
    public var contentLocation: String? {
        fields("content-location").first.map { EncodedWords.decode(value(of: $0)) }
    }

    // MARK: Reading

    /// The fields of a name, which is in small letters.
    func fields(_ name: String) -> [FieldRange] {
        tree.fields[node.fields].filter { tree.content[$0.name].isName(name) }
    }

    /// The value of a field, unfolded.
    func value(of field: FieldRange) -> [UInt8] { tree.content[field.value].unfolded }

    func type(_ defects: inout Defects) -> FieldParameters? {
        fields("content-type").first.map {
            FieldParameters(contentType: value(of: $0), defects: &defects)
        }
    }

    /// Content-Disposition.
    func placement(_ defects: inout Defects) -> FieldParameters? {
        fields("content-disposition").first.map {
            FieldParameters(contentDisposition: value(of: $0), defects: &defects)
        }
    }

    func fileName(_ defects: inout Defects) -> String? {
        if let name = placement(&defects)?.text("filename", defects: &defects), !name.isEmpty {
            return name
        }
        let name = type(&defects)?.text("name", defects: &defects)
        return name?.isEmpty == true ? nil : name
    }

    /// What a field has in its first angle brackets, or all of it where there are none.
    func identifier(_ name: String) -> String? {
        guard let field = fields(name).first else { return nil }
        var value = value(of: field)[...]
        if let open = value.firstIndex(of: UInt8(ascii: "<")) {
            value = value[(open + 1)...]
            var isQuoted = false
            let close = value.firstIndex { byte in
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                return byte == UInt8(ascii: ">") && !isQuoted
            }
            value = value[..<(close ?? value.endIndex)]
        }
        value = value.trimmed
        return value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
    }

    var encodingName: String {
        fields("content-transfer-encoding").first.map { TransferEncoding.name(in: value(of: $0)) }
            ?? ""
    }
}
