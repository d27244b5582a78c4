internal import BlackholeSMTP

/// Reads a date, in today's and in obsolete forms: `Tue, 10 Mar 2026 09:30:00 +0100` (RFC 5322 §3.3, §4.3).
struct DateReader {
    private var scanner: FieldScanner

    static func read(_ field: [UInt8]) -> MIMEMessage.Date? {
        var reader = DateReader(scanner: FieldScanner(field))
        return reader.read()
    }

    private mutating func read() -> MIMEMessage.Date? {
        var (month, day): (Int64?, Int64?)
        var word = word()
        if number(word, digits: 1...2) == nil {
            // The day of the week, which nobody needs; ctime(3) has the month next.
            if Self.month(word) == nil {
                skip(",")
                word = self.word()
            }
            month = Self.month(word)
            if month != nil { word = self.word() }
        }
        day = number(word, digits: 1...2)
        if month == nil { month = Self.month(self.word()) }
        var year: Int64?
        let afterMonth = scanner.index
        let isDateFirst = number(self.word(), digits: 2...4) != nil && !isNext(":")
        scanner.rewind(to: afterMonth)
        if isDateFirst { year = self.year() }
        guard let time = time() else { return nil }
        if !isDateFirst { year = self.year() }
        guard let year, let month, let day, let zone = zone(),
            let number = Calendar.number(year: year, month: month, day: day)
        else { return nil }
        return MIMEMessage.Date(
            secondsSince1970: number * 86_400 + time - Int64(zone) * 60, zone: zone)
    }

    // MARK: Parts of a date

    /// Letters and digits, after blanks and comments.
    private mutating func word() -> ArraySlice<UInt8> {
        scanner.skipSpace()
        return scanner.prefix { $0.isDigit || $0.lowercased &- UInt8(ascii: "a") < 26 }
    }

    private mutating func skip(_ character: Unicode.Scalar) {
        scanner.skipSpace()
        _ = scanner.take(character)
    }

    private mutating func isNext(_ character: Unicode.Scalar) -> Bool {
        scanner.skipSpace()
        return scanner.next == UInt8(ascii: character)
    }

    private func number(_ word: ArraySlice<UInt8>, digits: ClosedRange<Int>) -> Int64? {
        guard digits ~= word.count, word.allSatisfy(\.isDigit) else { return nil }
        return word.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    private static func month(_ word: ArraySlice<UInt8>) -> Int64? {
        let names = [
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ]
        return names.firstIndex { word.prefix(3).isName($0) }.map { Int64($0) + 1 }
    }

    /// A year of two or three digits is one of the last century or of this one (§4.3).
    private mutating func year() -> Int64? {
        let word = word()
        guard let year = number(word, digits: 2...4) else { return nil }
        return switch word.count {
        case 2: year < 50 ? 2_000 + year : 1_900 + year
        case 3: 1_900 + year
        default: year
        }
    }

    private mutating func time() -> Int64? {
        guard let hour = number(word(), digits: 1...2), hour < 24, isNext(":"), scanner.take(":"),
            let minute = number(word(), digits: 1...2), minute < 60
        else { return nil }
        guard isNext(":"), scanner.take(":") else { return hour * 3_600 + minute * 60 }
        // 60 is a leap second.
        guard let second = number(word(), digits: 1...2), second <= 60 else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    /// The minutes ahead of UTC; nil for an offset that cannot be.
    private mutating func zone() -> Int? {
        scanner.skipSpace()
        let isWest = scanner.next == UInt8(ascii: "-")
        if isWest || scanner.next == UInt8(ascii: "+") {
            scanner.advance()
            guard let offset = number(word(), digits: 4...4), offset / 100 < 24, offset % 100 < 60
            else { return nil }
            let minutes = Int(offset / 100 * 60 + offset % 100)
            return isWest ? -minutes : minutes
        }
        // Other names, and the letters of the military, say nothing (§4.3).
        return switch word().lowercasedName {
        case "edt": -4 * 60
        case "est", "cdt": -5 * 60
        case "cst", "mdt": -6 * 60
        case "mst", "pdt": -7 * 60
        case "pst": -8 * 60
        default: 0
        }
    }
}
