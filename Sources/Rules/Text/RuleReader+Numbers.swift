internal import BlackholeSMTP

extension RuleReader {
    /// Reads digits, and a point with more of them; the range may end after them.
    ///
    /// - Returns: nil if there is no such number, and the place stays.
    mutating func readDecimal(before end: Int) -> DecimalNumber? {
        let start = place
        var offset = start
        while offset < end - 1, bytes[offset] == UInt8(ascii: "0"), bytes[offset + 1].isDigit {
            offset += 1
        }
        let whole = offset
        var number: UInt64 = 0
        while offset < end, bytes[offset].isDigit {
            guard offset - whole < DecimalNumber.maximumWholeDigits else { return nil }
            number = number * 10 + UInt64(bytes[offset] & 0x0F)
            offset += 1
        }
        guard offset > whole else { return nil }
        guard offset < end - 1, bytes[offset] == UInt8(ascii: "."), bytes[offset + 1].isDigit else {
            place = offset
            return DecimalNumber(number)
        }
        offset += 1
        var last = offset
        while last < end, bytes[last].isDigit { last += 1 }
        let after = last
        while last > offset, bytes[last - 1] == UInt8(ascii: "0") { last -= 1 }
        let places = last - offset
        guard places <= DecimalNumber.maximumPlaces else { return nil }
        while offset < last {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            number = product
            let (sum, carry) = number.addingReportingOverflow(UInt64(bytes[offset] & 0x0F))
            guard !carry else { return nil }
            number = sum
            offset += 1
        }
        place = after
        return DecimalNumber(number, places: places)
    }

    /// Reads a whole number.
    mutating func readCount(
        _ range: Range<Int>, from least: UInt64, to most: UInt64 = Rule.Limits.count
    ) throws(RuleError) -> UInt64 {
        place = range.lowerBound
        guard let number = readDecimal(before: range.upperBound)?.whole,
            place == range.upperBound,
            least...most ~= number
        else {
            throw error(
                range.lowerBound,
                "\(quoted(range)) is not a number from \(least) "
                    + (most == Rule.Limits.count ? "up" : "to \(most)"),
                arrowHint(range))
        }
        return number
    }

    /// Reads a time, with a unit or in seconds.
    mutating func readTime(_ range: Range<Int>) throws(RuleError) -> TimeSpan {
        place = range.lowerBound
        guard let number = readDecimal(before: range.upperBound) else {
            throw error(
                range.lowerBound, "\(quoted(range)) is not a time", timeHint(range))
        }
        let letters = place..<range.upperBound
        let symbol = text(letters)
        guard let unit = TimeSpan.Unit.allCases.first(where: { $0.symbol == symbol }) else {
            throw error(
                place, "\(quoted(letters)) is not a unit of time",
                arrowHint(range) ?? timeHint(range))
        }
        guard let time = TimeSpan(number, unit) else {
            throw error(
                range.lowerBound,
                "a time is at most \(TimeSpan.maximumDays) days, and whole nanoseconds")
        }
        place = range.upperBound
        return time
    }

    private func timeHint(_ range: Range<Int>) -> String {
        let words = [
            "sec": "s", "secs": "s", "seconds": "s", "second": "s", "min": "m", "mins": "m",
            "minute": "m", "minutes": "m", "hr": "h", "hour": "h", "hours": "h", "day": "d",
            "days": "d", "msec": "ms", "millis": "ms",
        ]
        let symbol = text(place..<range.upperBound).lowercased()
        let unit =
            words[symbol] ?? TimeSpan.Unit.allCases.map(\.symbol).first { $0 == symbol && $0 != "" }
        if let unit, place > range.lowerBound {
            return "did you mean '\(text(range.lowerBound..<place))\(unit)'?"
        }
        return "units are ms, s, m, h and d"
    }

    /// Reads a size, with a unit or in bytes.
    mutating func readSize(_ range: Range<Int>) throws(RuleError) -> ByteSize {
        place = range.lowerBound
        guard let number = readDecimal(before: range.upperBound) else {
            throw error(
                range.lowerBound, "\(quoted(range)) is not a size in bytes", arrowHint(range))
        }
        let letters = place..<range.upperBound
        let symbol = text(letters)
        guard let unit = ByteSize.Unit.allCases.first(where: { $0.symbol == symbol }) else {
            throw error(
                place,
                symbol == "m"
                    ? "'m' is minutes, not a unit of sizes"
                    : "\(quoted(letters)) is not a unit of sizes",
                arrowHint(range) ?? sizeHint(text(range.lowerBound..<place), symbol))
        }
        guard let size = ByteSize(number, unit) else {
            throw error(
                range.lowerBound, "a size is whole bytes, at most \(ByteSize.maximumBytes)")
        }
        place = range.upperBound
        return size
    }

    private func sizeHint(_ number: String, _ symbol: String) -> String {
        let units = [
            "k": "k", "kb": "k", "m": "M", "mb": "M", "g": "G", "gb": "G", "b": "", "kib": "KiB",
            "mib": "MiB", "gib": "GiB", "ki": "KiB", "mi": "MiB", "gi": "GiB",
        ]
        return units[symbol.lowercased()].map { "did you mean '\(number)\($0)'?" }
            ?? "units are k, M, G, KiB, MiB and GiB"
    }

    func arrowHint(_ range: Range<Int>) -> String? {
        arrow(in: range) == nil ? nil : "a blank stands before '->'"
    }

    // MARK: Paces

    /// Reads the value of a pace, from its `=` on.
    mutating func readPace(_ word: String) throws(RuleError) -> Rule.Pace {
        guard next == UInt8(ascii: "=") else {
            throw error(place, "'\(word)' is not compared", "write '\(word)='")
        }
        place += 1
        let range = place..<endOfWord(place)
        guard !range.isEmpty else { throw error(place, "'\(word)' has no value") }
        switch word {
        case "first": return .first(try readCount(range, from: 1))
        case "after": return .after(try readCount(range, from: 0))
        case "every": return .every(try readCount(range, from: 1))
        case "chance": return .chance(try readChance(range))
        case "over": return .over(try readRate(range))
        case "hold":
            let time = try readTime(range)
            guard time.nanoseconds > 0 else {
                throw error(range.lowerBound, "'hold' lasts longer than no time")
            }
            return .hold(time)
        case "grey":
            let (opens, closes) = try readWindow(word, range)
            return .grey(opens, closes)
        case "during":
            let (from, to) = try readWindow(word, range)
            return .during(from, to)
        default: return .per(try readKeys(range))
        }
    }

    private mutating func readChance(_ range: Range<Int>) throws(RuleError) -> DecimalNumber {
        if let number = readDecimal(before: range.upperBound) {
            if place == range.upperBound, number.approximation <= 1 { return number }
            if next == UInt8(ascii: "%"), place + 1 == range.upperBound {
                let part = DecimalNumber(
                    number.coefficient, places: min(Int(number.places) + 2, 9))
                throw error(
                    range.lowerBound, "a chance is a number from 0 to 1, not a percentage",
                    "did you mean 'chance=\(part)'?")
            }
        }
        place = range.upperBound
        throw error(
            range.lowerBound, "\(quoted(range)) is not a chance from 0 to 1",
            byte(range.lowerBound) == UInt8(ascii: ".")
                ? "did you mean 'chance=0\(text(range))'?" : arrowHint(range))
    }

    private mutating func readRate(_ range: Range<Int>) throws(RuleError) -> Rule.Rate {
        let slash = bytes[range].firstIndex(of: UInt8(ascii: "/")) ?? range.upperBound
        let limit = try readCount(range.lowerBound..<slash, from: 1, to: Rule.Limits.rate)
        let unit = text(min(slash + 1, range.upperBound)..<range.upperBound)
        place = range.upperBound
        guard let window = Rule.Rate.Window(rawValue: unit) else {
            throw error(
                min(slash + 1, range.upperBound), "a rate is per second, minute or hour",
                "write \(limit)/s, \(limit)/m or \(limit)/h")
        }
        return Rule.Rate(limit, per: window)
    }

    /// Reads `A..B`, where A comes before B.
    private mutating func readWindow(
        _ word: String, _ range: Range<Int>
    ) throws(RuleError) -> (TimeSpan, TimeSpan) {
        guard let dots = range.dropLast().first(where: { opens("..", at: $0) }) else {
            throw error(range.lowerBound, "'\(word)' is two times", "write \(word)=30s..1h")
        }
        let from = try readTime(range.lowerBound..<dots)
        let to = try readTime(dots + 2..<range.upperBound)
        guard from.nanoseconds < to.nanoseconds else {
            throw error(
                range.lowerBound, "\(quoted(range)) ends before it begins",
                from == to ? nil : "did you mean '\(word)=\(to)..\(from)'?")
        }
        return (from, to)
    }

    private mutating func readKeys(_ range: Range<Int>) throws(RuleError) -> [Rule.Key] {
        var keys: [Rule.Key] = []
        var start = range.lowerBound
        while true {
            let end =
                bytes[start..<range.upperBound].firstIndex(of: UInt8(ascii: ","))
                ?? range.upperBound
            let word = text(start..<end)
            guard let key = Rule.Key(rawValue: word) else {
                throw error(
                    start, "unknown key \(quoted(start..<end))",
                    Suggestion.hint(
                        for: word, among: Rule.Key.allCases.map(\.rawValue),
                        [
                            "peer": "ip", "client": "ip", "address": "ip", "rcpt": "to",
                            "recipient": "to", "rcpt.domain": "to.domain", "sender": "from",
                            "mail": "from", "session": "connection", "ehlo": "helo",
                            "ip/64": "ip", "ip/48": "ip/24", "domain": "to.domain",
                        ]) ?? "keys are \(Rule.Key.allCases.map(\.rawValue).listed)")
            }
            guard !keys.contains(key) else { throw error(start, "'\(word)' is there twice") }
            guard stage.knows(key: key) else {
                throw error(
                    start, "'\(stage.keyword)' cannot know '\(word)'",
                    "it is known at \(key.fact.places)")
            }
            keys.append(key)
            guard end < range.upperBound else { break }
            start = end + 1
        }
        place = range.upperBound
        return keys
    }
}
