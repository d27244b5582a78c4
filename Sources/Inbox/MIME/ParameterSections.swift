internal import BlackholeSMTP

/// Gathers parameters and joins those that came in sections: `name*0="a"; name*1*=%20b` (RFC 2231).
struct ParameterSections {
    private struct Section {
        /// Nil for a parameter that is whole.
        let number: Int?
        let isExtended: Bool
        let value: [UInt8]
        /// Its place among all, which decides where a section is repeated.
        let order: Int
    }

    private var sections: [String: [Section]] = [:]
    private var count = 0

    mutating func add(_ name: ArraySlice<UInt8>, _ value: [UInt8], _ defects: inout Defects) {
        let star = UInt8(ascii: "*")
        let parts = name.split(separator: star, maxSplits: 2, omittingEmptySubsequences: false)
        count += 1
        let isExtended = name.last == star
        var number: Int?
        if parts.count > 1, !parts[1].isEmpty {
            guard parts[1].count < 8, parts[1].allSatisfy(\.isDigit), parts[0].count > 0 else {
                defects.insert(.badParameter)
                return
            }
            number = parts[1].reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }
        sections[parts[0].lowercasedName, default: []].append(
            Section(number: number, isExtended: isExtended, value: value, order: count))
    }

    /// The parameters: of several of a name the extended one counts, then sections, then the first.
    consuming func joined(_ defects: inout Defects) -> [String: FieldParameter] {
        sections.mapValues { sections in
            let whole = sections.filter { $0.number == nil }
            let numbered = sections.filter { $0.number != nil }
            if whole.count(where: \.isExtended) > 1 || whole.count(where: { !$0.isExtended }) > 1 {
                defects.insert(.duplicateParameter)
            }
            if let extended = whole.first(where: \.isExtended) { return Self.join([extended]) }
            let joined = Self.inOrder(numbered, &defects)
            if !joined.isEmpty { return Self.join(joined) }
            return whole.first.map { FieldParameter(bytes: $0.value) } ?? FieldParameter(bytes: [])
        }
    }

    /// The sections from 0 up to the first that is missing.
    private static func inOrder(_ sections: [Section], _ defects: inout Defects) -> [Section] {
        let sorted = sections.sorted { ($0.number ?? 0, $0.order) < ($1.number ?? 0, $1.order) }
        var result: [Section] = []
        for section in sorted {
            if section.number == result.count {
                result.append(section)
            } else if section.number == result.count - 1 {
                defects.insert(.duplicateParameter)
            } else {
                defects.insert(.badParameter)
                break
            }
        }
        return result
    }

    private static func join(_ sections: [Section]) -> FieldParameter {
        var parameter = FieldParameter(bytes: [])
        for (index, section) in sections.enumerated() {
            var value = section.value[...]
            guard section.isExtended else {
                parameter.bytes += value
                continue
            }
            if index == 0 {
                // The charset and the language end at quotes; without them there are none.
                let quote = UInt8(ascii: "'")
                let parts = value.split(
                    separator: quote, maxSplits: 2, omittingEmptySubsequences: false)
                if parts.count == 3 {
                    parameter.charset = Array(parts[0])
                    value = parts[2]
                } else {
                    parameter.charset = []
                }
            }
            parameter.bytes += percentDecoded(value)
        }
        return parameter
    }

    /// A percent sign that begins no code is itself.
    private static func percentDecoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == UInt8(ascii: "%"), index + 2 < text.endIndex,
                let high = text[index + 1].hexDigit, let low = text[index + 2].hexDigit
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return bytes
    }
}
