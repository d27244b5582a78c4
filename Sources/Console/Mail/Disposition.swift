/// The field Content-Disposition (RFC 6266): what a browser does with a part, and what it calls it.
package enum Disposition {
    /// Shows it.
    package static func inline(_ name: String?) -> String { field("inline", name) }

    /// Saves it.
    package static func attachment(_ name: String?) -> String { field("attachment", name) }

    private static func field(_ type: String, _ name: String?) -> String {
        guard let name, !name.isEmpty else { return type }
        // Of a path the last part counts (§4.3), and of a long name the beginning.
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? ""
        let short = String(last.prefix(200))
        let plain = short.unicodeScalars.map { scalar -> Character in
            scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7F
                && !"\"\\%".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        }
        let field = "\(type); filename=\"\(String(plain))\""
        guard String(plain) != short else { return field }
        return "\(field); filename*=UTF-8''\(encoded(short))"
    }

    /// The bytes of a text, but for those of an attr-char, as percent escapes (RFC 8187 §3.2).
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.map { byte -> String in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return String(Unicode.Scalar(byte))
            default:
                if "!#$&+-.^_`|~".utf8.contains(byte) { return String(Unicode.Scalar(byte)) }
                return "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }.joined()
    }
}
