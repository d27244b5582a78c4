internal import BlackholeSMTP

/// Writes rules as text, in the one way in which each is written.
struct RuleWriter {
    private(set) var bytes: [UInt8] = []

    /// The text that `body` writes.
    static func text(_ body: (inout RuleWriter) -> Void) -> String {
        var writer = RuleWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    mutating func write(_ text: some StringProtocol) {
        bytes += text.utf8
    }

    mutating func write(_ byte: UInt8) {
        bytes.append(byte)
    }

    // MARK: A rule

    mutating func write(_ rule: Rule) {
        if let name = rule.name {
            write(name: name)
            write(": ")
        }
        write(rule.stage.keyword)
        for test in rule.tests {
            write(" ")
            write(test)
        }
        for pace in rule.paces {
            write(" ")
            write(pace)
        }
        write(" -> ")
        write(rule.outcome)
    }

    private mutating func write(name: String) {
        if !name.isEmpty, name.utf8.allSatisfy(\.isBareName) {
            write(name)
        } else {
            write(quoted: name)
        }
    }

    /// Writes a name, or a value, in quotes.
    private mutating func write(quoted text: String) {
        write("\"")
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { write("\\") }
            write(byte)
        }
        write("\"")
    }

    // MARK: The left side

    mutating func write(_ test: Rule.Test) {
        write(test.fact.keyword)
        write(test.comparison.rawValue)
        switch test.operand {
        case .absent: write(test.fact == .tls ? "no" : "none")
        case .encrypted: write("yes")
        case .text(let glob): write(value: glob.description)
        case .address(let pattern): write(address: pattern)
        case .network(let network): write(network.description)
        case .number(let number): write(number.description)
        }
    }

    /// Writes a value that is not an address: in quotes where it would be read as something else.
    private mutating func write(value: String) {
        let isBare =
            value != "none" && !value.isEmpty && value.utf8.first != UInt8(ascii: "\"")
            && !value.utf8.contains { $0 == 0x20 || $0 == 0x09 }
        if isBare { write(value) } else { write(quoted: value) }
    }

    private mutating func write(address: AddressPattern) {
        if case .list(let path) = address, path.utf8.contains(where: \.needsQuotesInPath) {
            write("@")
            write(quoted: path)
        } else {
            write(address.description)
        }
    }

    private mutating func write(_ pace: Rule.Pace) {
        write(pace.keyword)
        write("=")
        switch pace {
        case .first(let count), .after(let count), .every(let count): write(String(count))
        case .chance(let chance): write(chance.description)
        case .over(let rate): write(rate.description)
        case .hold(let time): write(time.description)
        case .grey(let from, let to), .during(let from, let to): write("\(from)..\(to)")
        case .per(let keys): write(keys.map(\.rawValue).joined(separator: ","))
        }
    }

    // MARK: The right side

    mutating func write(_ outcome: Rule.Outcome) {
        let isList = outcome.alternatives.allSatisfy(\.isBareCode)
        for (index, alternative) in outcome.alternatives.enumerated() {
            if index > 0 { write(isList ? "|" : " | ") }
            if let weight = alternative.weight { write("\(weight)% ") }
            write(alternative.steps)
        }
    }

    mutating func write(_ steps: [Rule.Step]) {
        for (index, step) in steps.enumerated() {
            if index > 0 { write("; ") }
            write(step)
        }
    }

    mutating func write(_ step: Rule.Step) {
        if let keyword = step.keyword { write(keyword) }
        switch step {
        case .accept, .close, .reset, .silence, .keep, .drop, .garble(nil): break
        case .reply(let reply): write(reply)
        case .raw(let text):
            write(" \"")
            write(text, .raw)
            write("\"")
        case .wait(let time): write(time)
        case .slow(let size), .drip(let size): write(" \(size)/s")
        case .garble(let mutation?): write(" \(mutation.keyword)")
        case .announce(let line): write(announcement: line)
        case .hide(let keyword): write(announcement: keyword)
        case .certificate(let flaw): write(" \(flaw.rawValue)")
        }
    }

    private mutating func write(_ wait: Rule.Wait) {
        switch wait {
        case .fixed(let time): write(" \(time)")
        case .uniform(let least, let most): write(" \(least)-\(most)")
        case .lognormal(let median, let percentile): write(" \(median)~\(percentile)")
        }
    }

    private mutating func write(announcement: String) {
        write(" ")
        write(TextTemplate(announcement), .bare)
    }
}

extension Rule.Alternative {
    /// Whether it is a code and nothing else, as in `450|451|452`.
    fileprivate var isBareCode: Bool {
        guard weight == nil, steps.count == 1, case .reply(let reply) = steps[0] else {
            return false
        }
        return reply.isBare
    }
}

extension UInt8 {
    /// Whether a path with this byte stands in quotes.
    fileprivate var needsQuotesInPath: Bool {
        isBlank || self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\")
    }
}
