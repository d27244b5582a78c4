package import BlackholePipeline

/// What is known at a stage, as plain values: what ``RuleProgram/explain(_:at:)`` asks about.
///
/// What is nil or empty is absent.
package struct RuleFacts {
    /// The client's address.
    package var peer: NetworkAddress?
    /// The listener, as its setting names it.
    package var listener: String?
    /// The version of TLS.
    package var tls: String?
    /// The host name in the ClientHello.
    package var serverName: String?
    /// The client's name in HELO or EHLO.
    package var hello: String?
    /// The user that has authenticated, or tries to.
    package var user: String?
    /// The password, which is never printed.
    package var password: String?
    /// The reverse-path; nil for the null one.
    package var sender: String?
    /// The recipients that were accepted; at ``Stage/recipient`` the last one is the current one.
    package var recipients: [String] = []
    /// The number of recipients, the current one included; nil for as many as are named.
    package var recipientCount: UInt64?
    /// What MAIL declares.
    package var size: UInt64?
    /// The bytes of the message so far.
    package var bytes: UInt64 = 0
    /// The messages of the connection, the current one included.
    package var messages: UInt64 = 1
    /// The commands of the connection, the current one included.
    package var commands: UInt64 = 1
    /// The open connections by what a rule counts them by.
    package var open: ([Rule.Key]) -> UInt64 = { _ in 1 }
    /// The trips by what a rule counts by.
    package var trips: ([Rule.Key]) -> UInt64 = { _ in 0 }
    /// The Received fields.
    package var hops: UInt64 = 0
    /// The header fields, unfolded.
    package var headers: [(name: String, value: String)] = []
    /// The parameters of MAIL or RCPT, without `=` empty.
    package var parameters: [(name: String, value: String)] = []
    /// The command's verb.
    package var verb: String?
    /// What follows the verb.
    package var argument: String?

    /// Creates facts of which none is known.
    package init() {}

    /// The values of a fact; several for recipients and header fields, none if it is absent.
    func values(of fact: Fact, at stage: Stage) -> [String] {
        func fields(_ list: [(name: String, value: String)], _ name: String) -> [String] {
            list.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        }
        func one(_ text: String?) -> [String] { text.map { [$0] } ?? [] }
        switch fact {
        case .peer: return one(peer?.host)
        case .listener: return one(listener)
        case .tls: return one(tls)
        case .serverName: return one(serverName)
        case .hello: return one(hello)
        case .user: return one(user)
        case .password: return one(password)
        case .sender: return one(sender)
        case .recipient: return stage == .recipient ? one(recipients.last) : recipients
        case .header(let name): return fields(headers, name)
        case .parameter(let name): return Array(fields(parameters, name).prefix(1))
        case .verb: return one(verb)
        case .argument: return one(argument)
        case .size, .bytes, .recipients, .messages, .commands, .open, .hops, .trips: return []
        }
    }

    /// The number of a fact that is one; nil if it is absent.
    func number(of fact: Fact, per keys: [Rule.Key]) -> UInt64? {
        switch fact {
        case .size: size
        case .bytes: bytes
        case .recipients: recipientCount ?? UInt64(recipients.count)
        case .messages: messages
        case .commands: commands
        case .open: open(keys)
        case .hops: hops
        case .trips: trips(keys)
        default: nil
        }
    }
}

extension Rule.Test {
    /// Whether the test holds: the meaning of tests, in the plainest words.
    package func holds(
        for facts: RuleFacts, at stage: Stage, per keys: [Rule.Key] = [],
        lists: [String: AddressList] = [:]
    ) -> Bool {
        if fact.isNumeric {
            let number = facts.number(of: fact, per: keys)
            switch operand {
            case .absent: return (number == nil) == (comparison == .equal)
            case .number(let size):
                return number.map { comparison.holds($0, size.bytes) } ?? false
            default: return false
            }
        }
        let values = facts.values(of: fact, at: stage)
        switch operand {
        case .absent: return values.isEmpty == (comparison == .equal)
        case .encrypted: return values.isEmpty == (comparison == .unequal)
        default: break
        }
        guard !values.isEmpty else { return false }
        let isMatch = values.contains { matches($0, facts.peer, lists) }
        return isMatch == (comparison == .equal)
    }

    private func matches(
        _ value: String, _ peer: NetworkAddress?, _ lists: [String: AddressList]
    ) -> Bool {
        let bytes = Array(value.utf8)
        switch operand {
        case .text(let glob): return glob.matches(value)
        case .address(.list(let path)): return lists[path]?.contains(bytes.span.bytes) ?? false
        case .address(let pattern): return pattern.matches(bytes.span.bytes) ?? false
        case .network(let block): return peer.map { block.contains($0) } ?? false
        default: return false
        }
    }
}
