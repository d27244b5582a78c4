extension RuleWriter {
    /// Where a text stands, which decides what must be escaped.
    enum Place {
        /// Without quotes, up to `;` or `|`.
        case bare
        /// In quotes.
        case quotes
        /// In the quotes of `raw`.
        case raw
    }

    mutating func write(_ reply: ReplyTemplate) {
        write(String(reply.code))
        let last = reply.lines.count - 1
        func separator(_ index: Int) -> String { reply.repeatsCode && index < last ? "-" : " " }
        if let enhanced = reply.enhanced { write("\(separator(0))\(enhanced)") }
        guard let first = reply.lines.first else { return }
        write(reply.enhanced == nil ? separator(0) : " ")
        let place = reply.isQuoted ? Place.quotes : .bare
        if reply.isQuoted { write("\"") }
        write(first, place)
        for (index, line) in reply.lines.enumerated().dropFirst() {
            write("\\n")
            // A blank at the end of the text would not be read.
            let isEnd = index == last && line.isEmpty && !reply.isQuoted
            if reply.repeatsCode { write("\(reply.code)\(isEnd ? "" : separator(index))") }
            write(line, place)
        }
        if reply.isQuoted { write("\"") }
    }

    mutating func write(_ text: TextTemplate, _ place: Place) {
        for part in text.parts {
            switch part {
            case .literal(let bytes): for byte in bytes { write(byte, place) }
            case .placeholder(let placeholder): write("{\(placeholder.rawValue)}")
            }
        }
    }

    private mutating func write(_ byte: UInt8, _ place: Place) {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "{"), UInt8(ascii: "}"):
            write("\\")
            write(byte)
        case UInt8(ascii: ";"), UInt8(ascii: "|"):
            if place == .bare { write("\\") }
            write(byte)
        case 0x0A where place == .raw: write("\\n")
        case 0x0D where place == .raw: write("\\r")
        case let byte where place == .raw && (byte.isControl || byte >= 0x80):
            let digits = String(byte, radix: 16, uppercase: true)
            write(digits.utf8.count < 2 ? "\\x0\(digits)" : "\\x\(digits)")
        default: write(byte)
        }
    }
}
