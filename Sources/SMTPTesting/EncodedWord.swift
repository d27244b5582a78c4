internal import SMTP

/// Encoded words in header fields: `=?utf-8?B?R3LDvMOfZQ==?=` (RFC 2047).
enum EncodedWord {
    /// The text with all words in clear; the blanks between two words are theirs, and go.
    static func decode(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        var endsWithWord = false
        while let start = rest.firstRange(of: "=?") {
            let between = rest[..<start.lowerBound]
            guard let word = word(at: start.upperBound, in: rest) else {
                result += rest[..<start.upperBound]
                rest = rest[start.upperBound...]
                endsWithWord = false
                continue
            }
            if !(endsWithWord && between.allSatisfy { $0 == " " || $0 == "\t" }) {
                result += between
            }
            result += word.text
            rest = rest[word.end...]
            endsWithWord = true
        }
        return result + rest
    }

    private static func word(
        at start: String.Index, in text: Substring
    ) -> (text: String, end: String.Index)? {
        let parts = text[start...].split(
            separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[3].first == "=" else { return nil }
        let octets: [UInt8]?
        switch parts[1].lowercased() {
        case "b": octets = Base64.decode(Array(parts[2].utf8).span.bytes)
        case "q": octets = quoted(parts[2])
        default: octets = nil
        }
        guard let octets, let decoded = string(octets, charset: parts[0].lowercased()) else {
            return nil
        }
        return (decoded, text.index(after: parts[3].startIndex))
    }

    private static func string(_ octets: [UInt8], charset: String) -> String? {
        // RFC 2231 §5: a language may follow the charset.
        switch charset.split(separator: "*").first {
        case "utf-8", "utf8": String(validating: octets, as: UTF8.self)
        case "us-ascii":
            octets.allSatisfy { $0 < 0x80 } ? String(decoding: octets, as: UTF8.self) : nil
        case "iso-8859-1", "latin1":
            String(String.UnicodeScalarView(octets.map { Unicode.Scalar($0) }))
        default: nil
        }
    }

    private static func quoted(_ text: Substring) -> [UInt8]? {
        var octets: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.popFirst() {
            if octet == UInt8(ascii: "_") {
                octets.append(0x20)
            } else if octet == UInt8(ascii: "=") {
                guard let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
                    rest.count >= 2
                else { return nil }
                octets.append(code)
                rest = rest.dropFirst(2)
            } else {
                octets.append(octet)
            }
        }
        return octets
    }
}
