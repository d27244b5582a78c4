internal import BlackholePipeline
internal import BlackholeSMTP

extension RuleFacts {
    /// Reads a stage and facts: `rcpt to=you@full.example peer=10.0.0.1`.
    ///
    /// A value with blanks stands in quotes. `to` and header fields may be there several times.
    package static func parse(
        _ text: String
    ) throws(RuleError) -> (stage: Stage, facts: RuleFacts) {
        let words = words(of: Array(text.utf8))
        guard let first = words.first, let stage = Stage(keyword: first.text) else {
            throw RuleError(
                column: words.first?.column ?? 1, "a stage is missing",
                "stages are \(Stage.allCases.map(\.keyword).listed)")
        }
        var facts = RuleFacts()
        for word in words.dropFirst() { try facts.read(word.text, at: word.column) }
        return (stage, facts)
    }

    private static func words(of bytes: [UInt8]) -> [(text: String, column: Int)] {
        var words: [(text: String, column: Int)] = []
        var offset = 0
        while offset < bytes.count {
            guard !bytes[offset].isBlank else {
                offset += 1
                continue
            }
            let start = offset
            var word: [UInt8] = []
            var isQuoted = false
            while offset < bytes.count, isQuoted || !bytes[offset].isBlank {
                if bytes[offset] == UInt8(ascii: "\"") {
                    isQuoted.toggle()
                } else {
                    word.append(bytes[offset])
                }
                offset += 1
            }
            words.append((String(decoding: word, as: UTF8.self), start + 1))
        }
        return words
    }

    private mutating func read(_ word: String, at column: Int) throws(RuleError) {
        guard let sign = word.firstIndex(of: "="), let fact = Fact(keyword: String(word[..<sign]))
        else {
            throw RuleError(column: column, "'\(word)' is not a fact", "write it as to=x@y")
        }
        let value = String(word[word.index(after: sign)...])
        if fact.isNumeric, value != "none" {
            let first = try? Rule("content \(fact.keyword)=\(value) -> 450").tests.first
            guard let number = UInt64(value) ?? first?.number else {
                throw RuleError(column: column, "'\(value)' is not a number")
            }
            set(fact, number)
            return
        }
        if value == "none" || fact == .tls && value == "no" { return }
        switch fact {
        case .peer:
            guard let address = NetworkAddress(value, port: 0) else {
                throw RuleError(column: column, "'\(value)' is not an address", "peer=192.0.2.1")
            }
            peer = address
        case .listener: listener = value
        case .tls: tls = value == "yes" ? "TLSv1.3" : value
        case .serverName: serverName = value
        case .hello: hello = value
        case .user: user = value
        case .password: password = value
        case .sender: sender = value
        case .recipient: recipients.append(value)
        case .header(let name): headers.append((name, value))
        case .parameter(let name): parameters.append((name, value))
        case .verb: verb = value
        case .argument: argument = value
        case .size, .bytes, .recipients, .messages, .commands, .open, .hops, .trips: break
        }
    }

    private mutating func set(_ fact: Fact, _ number: UInt64) {
        switch fact {
        case .size: size = number
        case .bytes: bytes = number
        case .recipients: recipientCount = number
        case .messages: messages = number
        case .commands: commands = number
        case .open: open = { _ in number }
        case .hops: hops = number
        case .trips: trips = { _ in number }
        default: break
        }
    }
}

extension Rule.Test {
    fileprivate var number: UInt64? {
        if case .number(let size) = operand { size.bytes } else { nil }
    }
}
