/// Bytes as text where a message may or may not name their charset.
enum NamedText {
    /// Decodes bytes by a charset's label; an empty one is none, and means UTF-8 (RFC 6532).
    static func decode(
        _ bytes: [UInt8], label: some Collection<UInt8>, defects: inout Defects
    ) -> String {
        let isNamed = !label.isEmpty
        guard isNamed, let charset = Charset(label: label) else {
            if isNamed { defects.insert(.unknownCharset) }
            return text(Charset.decodeUnknown(bytes), &defects)
        }
        // Much that is called ASCII is UTF-8 (RFC 6532 allows it in header fields).
        if label.isName("us-ascii") || label.isName("ascii"),
            let text = String(validating: bytes, as: UTF8.self)
        {
            return text
        }
        return text(charset.decode(bytes), &defects)
    }

    private static func text(_ decoded: (text: String, isRepaired: Bool), _ defects: inout Defects)
        -> String
    {
        if decoded.isRepaired { defects.insert(.badCharacters) }
        return decoded.text
    }
}
