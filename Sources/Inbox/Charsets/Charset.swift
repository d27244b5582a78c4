/// A charset that a message names: the way from bytes to text.
package struct Charset: Sendable {
    enum Form: Sendable {
        case utf7, utf8
        case utf16(isBigEndian: Bool)
        case utf32(isBigEndian: Bool)
        case singleByte(SingleByteTable)
        case iconv(IconvCharset)
        case iso2022JP
    }

    private let form: Form

    init(_ form: Form) { self.form = form }

    package static let utf8 = Charset(.utf8)
    /// What mail means by `us-ascii`, as by `iso-8859-1`: windows-1252, which contains both (Encoding Standard §4.2).
    package static let ascii = Charset(label: "us-ascii") ?? .utf8

    /// The charset of a label of the Encoding Standard (§4.2), or of another that mail has and that cannot be
    /// mistaken, in any case; blanks around it do not count, nor does how its parts are joined (`UTF_8`, `latin-1`).
    ///
    /// - Returns: `nil` for a label that is not known, for those that the standard replaces (ISO-2022-KR, HZ), and for
    ///   a charset that iconv(3) lacks on this system.
    package init?(label: some Collection<UInt8>) {
        guard label.count <= 64, let charset = CharsetLabels.charset(label) else { return nil }
        switch charset.form {
        case .iconv(let name): guard name.isAvailable else { return nil }
        case .iso2022JP: guard IconvCharset.cp932.isAvailable else { return nil }
        default: break
        }
        self = charset
    }

    package init?(label: String) { self.init(label: label.utf8) }

    /// Decodes bytes that are broken or not, in linear time; each call begins anew.
    ///
    /// - Returns: the text, with U+FFFD for what is not valid in this charset, and whether there was any; a byte order
    ///   mark at its beginning is not part of it.
    package func decode(_ bytes: [UInt8]) -> (text: String, isRepaired: Bool) {
        decode(bytes[...])
    }

    package func decode(_ bytes: ArraySlice<UInt8>) -> (text: String, isRepaired: Bool) {
        if case .utf8 = form { return Self.utf8(bytes) }
        var text = TextBuilder(capacity: bytes.count + bytes.count / 2)
        switch form {
        case .utf8: break
        case .utf7: UnicodeDecoding.utf7(bytes, into: &text)
        case .utf16(let isBigEndian):
            UnicodeDecoding.utf16(bytes, isBigEndian: isBigEndian, into: &text)
        case .utf32(let isBigEndian):
            UnicodeDecoding.utf32(bytes, isBigEndian: isBigEndian, into: &text)
        case .singleByte(let table): table.decode(bytes, into: &text)
        case .iconv(let charset):
            guard let iconv = Iconv(charset) else { return Self.decodeUnknown(bytes) }
            iconv.decode(bytes, into: &text)
        case .iso2022JP:
            guard let cp932 = Iconv(.cp932) else { return Self.decodeUnknown(bytes) }
            ISO2022JP.decode(bytes, with: cp932, into: &text)
        }
        return (text.text, text.isRepaired)
    }

    /// Decodes bytes of an unknown charset: what is ASCII or UTF-8 stays readable, the rest becomes U+FFFD.
    package static func decodeUnknown(_ bytes: [UInt8]) -> (text: String, isRepaired: Bool) {
        utf8(bytes[...])
    }

    package static func decodeUnknown(_ bytes: ArraySlice<UInt8>) -> (
        text: String, isRepaired: Bool
    ) { utf8(bytes) }

    private static func utf8(_ bytes: ArraySlice<UInt8>) -> (text: String, isRepaired: Bool) {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
        if let text = String(validating: bytes, as: UTF8.self) { return (text, false) }
        return (String(decoding: bytes, as: UTF8.self), true)
    }
}
