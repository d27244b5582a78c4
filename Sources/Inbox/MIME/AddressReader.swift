internal import BlackholeSMTP

/// Reads a list of addresses, in today's and in obsolete forms, from left to right (RFC 5322 §3.4, §4.4).
///
/// Commas and semicolons end an address, a colon ends the name of a group, and what stands in angle
/// brackets is the address whatever else there is. Names are decoded only when the list is divided.
struct AddressReader {
    private var scanner: FieldScanner
    private let limit: Int
    private var addresses: [MIMEMessage.Address] = []
    /// The words since the last comma.
    private var words: [Word] = []
    private var angle: [UInt8]?
    /// How many words came before the angle brackets.
    private var nameCount = 0
    private var isInGroup = false
    private var isAfterBlank = false

    private struct Word {
        /// As in an address, with quotes.
        var raw: [UInt8]
        /// As in a name, without them.
        var text: [UInt8]
        /// Whether an `@` outside of quotes is in it.
        var hasAt: Bool
    }

    init(_ field: [UInt8], limit: Int) {
        scanner = FieldScanner(field)
        self.limit = limit
    }

    mutating func read(_ defects: inout Defects) -> [MIMEMessage.Address] {
        while let next = scanner.next, addresses.count < limit {
            let start = scanner.index
            if next.isBlank || scanner.skipComment() {
                scanner.skipBlanks()
                isAfterBlank = true
            } else if let text = scanner.quotedString() {
                add(raw: scanner.bytes[start..<scanner.index], text: text[...])
            } else {
                readSpecial(next, &defects)
            }
        }
        end(&defects)
        scanner.skipSpace()
        if scanner.next != nil { defects.insert(.tooManyAddresses) }
        return addresses
    }

    private mutating func readSpecial(_ next: UInt8, _ defects: inout Defects) {
        switch Unicode.Scalar(next) {
        case ",": scanner.advance(); end(&defects)
        case ";":
            scanner.advance()
            end(&defects)
            if !isInGroup { defects.insert(.badAddress) }
            isInGroup = false
        case ":":
            // The name of a group; within one there is no other.
            scanner.advance()
            if angle != nil { end(&defects) }
            if isInGroup || words.isEmpty { defects.insert(.badAddress) }
            (words, isInGroup) = ([], true)
        case ">":
            scanner.advance()
            defects.insert(.badAddress)
        case "<":
            scanner.advance()
            if angle != nil {
                // A comma is missing.
                let name = Array(words[nameCount...])
                words.removeSubrange(nameCount...)
                end(&defects)
                defects.insert(.badAddress)
                words = name
            }
            angle = readAngle(&defects)
            nameCount = words.count
        case "[":
            let literal = scanner.prefix { $0 != UInt8(ascii: "]") && $0 != UInt8(ascii: ",") }
            if !scanner.take("]") { defects.insert(.badAddress) }
            let text = literal + [UInt8(ascii: "]")]
            add(raw: text, text: text)
        default:
            let start = scanner.index
            scanner.advance()
            _ = scanner.prefix(while: \.isPlain)
            let word = scanner.bytes[start..<scanner.index]
            add(raw: word, text: word)
        }
    }

    private mutating func add(raw: ArraySlice<UInt8>, text: ArraySlice<UInt8>) {
        let hasAt = raw.first != UInt8(ascii: "\"") && raw.contains(UInt8(ascii: "@"))
        if !isAfterBlank, angle == nil, let last = words.indices.last {
            words[last].raw += raw
            words[last].text += text
            words[last].hasAt = words[last].hasAt || hasAt
        } else {
            words.append(Word(raw: Array(raw), text: Array(text), hasAt: hasAt))
        }
        isAfterBlank = false
    }

    /// What stands in angle brackets, without blanks, comments and a route (RFC 5322 §4.4).
    private mutating func readAngle(_ defects: inout Defects) -> [UInt8] {
        var address: [UInt8] = []
        while let next = scanner.next {
            let start = scanner.index
            if next == UInt8(ascii: ">") {
                scanner.advance()
                return address
            } else if next.isBlank || scanner.skipComment() {
                scanner.skipBlanks()
            } else if scanner.quotedString() != nil {
                address += scanner.bytes[start..<scanner.index]
            } else if next == UInt8(ascii: ":"), address.first == UInt8(ascii: "@") {
                scanner.advance()
                address = []
            } else if next == UInt8(ascii: ","), address.first != UInt8(ascii: "@") {
                // It is not closed.
                break
            } else {
                scanner.advance()
                address.append(next)
            }
        }
        defects.insert(.badAddress)
        return address
    }

    /// Ends an address; several commas end none (RFC 5322 §4.4).
    private mutating func end(_ defects: inout Defects) {
        defer { (words, angle, isAfterBlank) = ([], nil, false) }
        if let angle {
            let isWhole = nameCount == words.count && angle.contains(UInt8(ascii: "@"))
            if !isWhole { defects.insert(.badAddress) }
            let name = words[..<nameCount].map(\.text).joined(separator: [0x20])
            return add(address: angle[...], name: Array(name), &defects)
        }
        guard !words.isEmpty else { return }
        joinAroundDots()
        let place = words.firstIndex(where: \.hasAt) ?? (words.count == 1 ? 0 : words.count)
        if words.count > 1 || !words[0].hasAt { defects.insert(.badAddress) }
        let address = place < words.count ? words.remove(at: place).raw : []
        let name = words.map(\.text).joined(separator: [0x20])
        add(address: address[...], name: Array(name), &defects)
    }

    /// Joins what blanks divide around `.` and `@` (RFC 5322 §4.4).
    private mutating func joinAroundDots() {
        var joined: [Word] = []
        for word in words {
            if let last = joined.indices.last,
                word.raw.first.isJoint || joined[last].raw.last.isJoint
            {
                joined[last].raw += word.raw
                joined[last].text += word.text
                joined[last].hasAt = joined[last].hasAt || word.hasAt
            } else {
                joined.append(word)
            }
        }
        words = joined
    }

    private mutating func add(
        address: ArraySlice<UInt8>, name: [UInt8], _ defects: inout Defects
    ) {
        guard !(address.isEmpty && name.isEmpty) else { return }
        addresses.append(
            MIMEMessage.Address(
                name: EncodedWords.decode(name, defects: &defects),
                String(decoding: address, as: UTF8.self)))
    }
}

extension UInt8 {
    /// A byte that begins nothing else.
    fileprivate var isPlain: Bool {
        if isBlank { return false }
        switch Unicode.Scalar(self) {
        case "(", "\"", ",", ";", ":", "<", ">", "[": return false
        default: return true
        }
    }
}

extension UInt8? {
    /// Whether what is before and after it belongs together.
    fileprivate var isJoint: Bool { self == UInt8(ascii: ".") || self == UInt8(ascii: "@") }
}
