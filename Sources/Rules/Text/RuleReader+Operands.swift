internal import BlackholePipeline
internal import BlackholeSMTP

extension RuleReader {
    /// Reads what a fact is compared with.
    mutating func readOperand(
        _ fact: Fact, _ range: Range<Int>, _ comparison: Rule.Comparison
    ) throws(RuleError) -> Rule.Operand {
        let isOrdered = comparison == .less || comparison == .greater
        if fact.kind != .tls, !isOrdered, range.count == 4, opens("none", at: range.lowerBound) {
            place = range.upperBound
            guard fact.isOptional else {
                throw error(range.lowerBound, "'\(fact.keyword)' is never absent")
            }
            return .absent
        }
        switch fact.kind {
        case .text: return .text(try readGlob(fact, range))
        case .peer:
            place = range.upperBound
            return try peer(range)
        case .tls:
            place = range.upperBound
            return try encryption(range)
        case .address:
            place = range.upperBound
            return .address(try address(range))
        case .count: return .number(ByteSize(try readCount(range, from: 0)))
        case .size: return .number(try readSize(range))
        }
    }

    private mutating func readGlob(
        _ fact: Fact, _ range: Range<Int>
    ) throws(RuleError) -> Glob {
        guard next == UInt8(ascii: "\"") else {
            place = range.upperBound
            return Glob(text(range))
        }
        let value = try readQuoted("a value")
        guard isAtEnd || next.isBlank else {
            throw error(place, "a blank is missing after the closing quote")
        }
        return Glob(value)
    }

    private func peer(_ range: Range<Int>) throws(RuleError) -> Rule.Operand {
        let value = text(range)
        guard let slash = bytes[range].firstIndex(of: UInt8(ascii: "/")),
            !value.hasPrefix("unix:")
        else {
            guard !value.utf8.contains(where: { "*?%".utf8.contains($0) }),
                let address = NetworkAddress(value, port: 0),
                let block = NetworkBlock(address, prefix: address.bits)
            else { return .text(Glob(value)) }
            return .network(block)
        }
        let host = text(range.lowerBound..<slash)
        guard !host.utf8.contains(UInt8(ascii: "%")), let address = NetworkAddress(host, port: 0)
        else {
            throw error(range.lowerBound, "\(quoted(range.lowerBound..<slash)) is not an address")
        }
        let digits = slash + 1..<range.upperBound
        guard digits.count <= 3, bytes[digits].allSatisfy(\.isDigit),
            let prefix = Int(text(digits)),
            let block = NetworkBlock(address, prefix: prefix)
        else {
            throw error(
                slash + 1, "\(quoted(digits)) is not the length of a prefix (0–\(address.bits))")
        }
        return .network(block)
    }

    private func encryption(_ range: Range<Int>) throws(RuleError) -> Rule.Operand {
        let value = text(range)
        switch value {
        case "no", "none": return .absent
        case "yes": return .encrypted
        default: break
        }
        guard value.lowercased().hasPrefix("tls") || value.contains(where: { "*?".contains($0) })
        else {
            throw error(
                range.lowerBound, "'tls' is yes, no or a version such as TLSv1.3",
                Suggestion.hint(
                    for: value, among: ["yes", "no"],
                    [
                        "true": "yes", "on": "yes", "1": "yes", "any": "yes", "false": "no",
                        "off": "no", "0": "no", "1.3": "TLSv1.3", "1.2": "TLSv1.2",
                    ]))
        }
        return .text(Glob(value))
    }

    private func address(_ range: Range<Int>) throws(RuleError) -> AddressPattern {
        let value = text(range)
        let isQuotedPath = opens("@\"/", at: range.lowerBound)
        if isQuotedPath || opens("@/", at: range.lowerBound) {
            guard allowsFiles else {
                throw error(
                    range.lowerBound, "a list in a file is not allowed here",
                    "it can stand on the command line and in files")
            }
            guard isQuotedPath else { return .list(path: String(value.dropFirst())) }
            var path = RuleReader(String(value.dropFirst()), allowsFiles: true)
            let unquoted: String
            do { unquoted = try path.readQuoted("a path") } catch {
                throw self.error(range.lowerBound + 1, error.message, error.hint)
            }
            guard path.isAtEnd else {
                throw error(
                    range.lowerBound + 1 + path.place, "a blank is missing after the closing quote")
            }
            return .list(path: unquoted)
        }
        if value == "<>" {
            throw error(range.lowerBound, "the null path is 'none'", "did you mean 'from=none'?")
        }
        if value == "@" {
            throw error(range.lowerBound, "'@' without a domain", "did you mean '*'?")
        }
        return AddressPattern(value)
    }
}

extension NetworkAddress {
    /// How many bits such an address has.
    fileprivate var bits: Int {
        switch self {
        case .ipv4: 32
        case .ipv6: 128
        case .unix: 0
        }
    }
}
