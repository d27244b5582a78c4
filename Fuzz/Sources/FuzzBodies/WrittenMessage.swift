/// A message that is written from choices, and what a reader must find in it.
struct WrittenMessage {
    struct Part {
        var type = ""
        var fileName: String?
        var contentID: String?
        var bytes: [UInt8] = []
        var parts: [Part] = []
    }

    private(set) var content: [UInt8] = []
    private(set) var subject = ""
    private(set) var to: [[String]] = []
    /// Seconds since 1970.
    private(set) var date: Int64 = 0
    private(set) var root = Part()
    private var choices: ArraySlice<UInt8>
    private var boundaries = 0

    init(_ bytes: [UInt8]) {
        choices = bytes[...]
        writeFields()
        root = writePart(level: 1)
    }

    private mutating func choice(_ count: UInt8) -> Int { Int((choices.popFirst() ?? 0) % count) }

    private mutating func drawBytes() -> [UInt8] {
        let count = choice(40)
        defer { choices = choices.dropFirst(count) }
        return Array(choices.prefix(count))
    }

    /// A text without the controls that no field has.
    private mutating func drawText() -> String {
        let text = String(decoding: drawBytes(), as: UTF8.self).unicodeScalars
        return String(
            String.UnicodeScalarView(text.filter { $0.value >= 0x20 && $0.value != 0x7F }))
    }

    private mutating func write(_ text: String) { content += Array(text.utf8) }

    // MARK: Fields

    private mutating func writeFields() {
        subject = drawText()
        write("Subject:\(fold())\(words(subject))\r\n")
        for _ in 0..<choice(4) {
            let name = drawText()
            let address = "user\(choice(100))@host.example"
            to.append([name, address])
            write(to.count == 1 ? "To:\(fold())" : ",\(fold())")
            write(name.isEmpty ? address : "\(phrase(name)) <\(address)>")
        }
        if !to.isEmpty { write("\r\n") }
        // A day of the year 2000 and a zone.
        let (day, hour, minute, zone) = (choice(29), choice(24), choice(60), choice(25) - 12)
        date = 949_363_200 + Int64(day) * 86_400 + Int64(hour - zone) * 3_600 + Int64(minute) * 60
        let offset = (zone < 0 ? "-" : "+") + Self.padded(abs(zone)) + "00"
        let time = "\(Self.padded(hour)):\(Self.padded(minute)):00"
        write("Date:\(fold())\(day + 1) Feb 2000 \(time) \(offset)\(comment())\r\n")
    }

    private static func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }

    /// White space of which each is the same.
    private mutating func fold() -> String { [" ", "\t", "\r\n ", "  ", "\r\n\t"][choice(5)] }

    private mutating func comment() -> String {
        ["", " (a)", " (a (b) \\) c)", "\r\n (\r\n a)"][choice(4)]
    }

    /// A text as encoded words, of one or several.
    private mutating func words(_ text: String) -> String {
        var words: [String] = []
        var rest = Array(text.unicodeScalars)[...]
        while !rest.isEmpty {
            let part = Array(String(String.UnicodeScalarView(rest.prefix(1 + choice(8)))).utf8)
            rest = rest.dropFirst(String(decoding: part, as: UTF8.self).unicodeScalars.count)
            let isBase64 = choice(2) == 0
            words.append(
                isBase64
                    ? "=?utf-8?b?" + String(decoding: NaiveBase64.encode(part), as: UTF8.self)
                        + "?="
                    : "=?UTF-8*en?Q?" + NaiveMessage.quoted(part) + "?=")
        }
        return words.joined(separator: fold())
    }

    /// A name as a quoted string or as words.
    private mutating func phrase(_ name: String) -> String {
        choice(2) == 0 && !name.contains("=?") && name == Self.trimmed(name)
            ? Self.quoted(name) : words(name)
    }

    private static func trimmed(_ text: String) -> String {
        text.split(separator: " ").joined(separator: " ")
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }
        return "\"" + escaped.joined() + "\""
    }

    // MARK: Parts

    private mutating func writePart(level: Int) -> Part {
        var part = Part()
        if choice(4) == 0 {
            part.contentID = "id\(choice(100))@host.example"
            write("content-ID: <\(part.contentID ?? "")>\r\n")
        }
        let type = choice(6)
        if type < 3, level < 4 {
            part.type = ["multipart/mixed", "multipart/alternative", "multipart/related"][type]
            writeParts(of: &part, level: level)
        } else {
            part.type = ["text/plain", "text/html", "application/octet-stream"][type % 3]
            writeLeaf(&part)
        }
        return part
    }

    private mutating func writeParts(of part: inout Part, level: Int) {
        boundaries += 1
        // Each begins with that of another, or is like its end.
        let boundary = "=_" + String(repeating: "-", count: boundaries) + "x"
        write("Content-Type: \(part.type);\(fold())boundary=\"\(boundary)\"\(comment())\r\n\r\n")
        write(["", "preamble\r\n", "--\r\n--=_\r\n", "\r\n"][choice(4)])
        for _ in 0...choice(3) {
            write("--\(boundary)\(["", " ", "\t "][choice(3)])\r\n")
            part.parts.append(writePart(level: level + 1))
            write("\r\n")
        }
        write("--\(boundary)--\(["", " \r\nepilogue\r\n--\(boundary)", "\r\n"][choice(3)])")
    }

    private mutating func writeLeaf(_ part: inout Part) {
        write("Content-Type:\(fold())\(part.type)\r\n")
        if choice(2) == 0 {
            let name = drawText()
            part.fileName = name.isEmpty ? nil : name
            if !name.isEmpty { write("Content-Disposition: attachment\(parameter(name))\r\n") }
        }
        part.bytes = drawBytes()
        switch choice(3) {
        case 0 where !part.bytes.contains { $0 == 0x0D || $0 == 0x0A || $0 == UInt8(ascii: "-") }:
            write("\r\n")
            content += part.bytes
        case 1:
            let lines = part.bytes.map {
                "=" + (String($0 >> 4, radix: 16) + String($0 & 15, radix: 16))
            }
            write("Content-Transfer-Encoding: quoted-printable\r\n\r\n")
            write(lines.joined(separator: choice(2) == 0 ? "" : "=\r\n"))
        default:
            write("Content-Transfer-Encoding:\(fold())BASE64\(comment())\r\n\r\n")
            let digits = NaiveBase64.encode(part.bytes)
            for start in stride(from: 0, to: digits.count, by: 8) {
                content += digits[start..<min(digits.count, start + 8)] + [0x0D, 0x0A]
            }
        }
    }

    /// A file's name in a form of RFC 2231, or between quotes.
    private mutating func parameter(_ name: String) -> String {
        let bytes = Array(name.utf8)
        let isPlain = bytes.allSatisfy { 0x20...0x7E ~= $0 } && !name.contains("=?")
        switch choice(3) {
        case 0 where isPlain: return ";\(fold())filename=\(Self.quoted(name))"
        case 1:
            let codes = bytes.map(Self.percent)
            let half = codes.count / 2
            return ";\(fold())FileName*1*=\(codes[half...].joined())"
                + ";\(fold())filename*0*=utf-8'en'\(codes[..<half].joined())"
        default: return ";\(fold())filename*=UTF-8''\(bytes.map(Self.percent).joined())"
        }
    }

    private static func percent(_ byte: UInt8) -> String {
        "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
}
