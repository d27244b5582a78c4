internal import BlackholePipeline
package import BlackholeRules

/// A listener as the file has it: `[address]:port mode=… delay=… stage=… rule='…'`.
package struct EndpointLine: Sendable, Equatable {
    package internal(set) var host: String
    package let port: UInt16
    package private(set) var mode: Mode?
    package private(set) var delay: DelayRange?
    package private(set) var stage: ModeStage?
    /// Rules for this listener alone, which come before all others.
    package private(set) var rules: [String] = []

    /// Reads `127.0.0.1:25`, `[::1]:25`, `:25` for all of IPv4, `:::25` for all of IPv6,
    /// `unix:/path`, each with flags behind it or not.
    init(_ text: String) throws(ValueError) {
        let words = text.splitOutsideQuotes(where: \.isWhitespace).filter { !$0.isEmpty }
        guard let address = words.first else { throw ValueError("there is no address") }
        // What a quote holds together would be another list when it is written beside others.
        guard !address.contains(where: { $0 == "'" || $0 == "\"" }) else {
            throw ValueError("\(address.quoted) has a quote in it, which only a rule stands in")
        }
        (host, port) = try EndpointLine.address(address)
        for word in words.dropFirst() {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            switch (parts.first, parts.count) {
            case ("mode", 2): mode = try Mode.named(parts[1])
            case ("delay", 2): delay = try DelayRange(parts[1])
            case ("stage", 2): stage = try ModeStage.named(parts[1])
            case ("rule", 2): rules.append(try EndpointLine.unquoted(parts[1]))
            default:
                throw ValueError("\(word.quoted) is none of the flags mode=, delay=, stage=, rule=")
            }
        }
    }

    private static func unquoted(_ text: String) throws(ValueError) -> String {
        guard let quote = text.first, quote == "'" || quote == "\"", text.last == quote,
            text.count > 2, text.count(where: { $0 == quote }) == 2
        else { throw ValueError("\(text.quoted) is not a rule in quotes: rule='rcpt -> 450'") }
        return String(text.dropFirst().dropLast())
    }

    private static func address(_ text: String) throws(ValueError) -> (String, UInt16) {
        if text.hasPrefix("unix:") { return (text, 0) }
        guard let colon = text.lastIndex(of: ":") else {
            throw ValueError("\(text.quoted) has no port: [address]:port")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        let port = try UInt16.port(String(text[text.index(after: colon)...]))
        return (host.isEmpty ? "0.0.0.0" : host, port)
    }

    /// Whether it has settings of its own.
    var hasFlags: Bool { mode != nil || delay != nil || stage != nil }

    /// The policy of all, with the flags of this listener over it, which switch headers off.
    func policy(over policy: ModeSettings) -> ModeSettings {
        guard hasFlags else { return policy }
        var policy = policy
        if let mode { policy.mode = mode }
        if let delay { policy.delay = delay }
        if let stage { policy.stage = stage }
        policy.hasHeaderSwitches = false
        return policy
    }
}

/// One place to listen at, with what happens to the mail that comes there.
package struct Endpoint: Sendable, Equatable {
    package let host: String
    package let port: UInt16
    package let isImplicitTLS: Bool
    package let policy: ModeSettings
    /// Rules for this listener alone.
    package var rules: [String] = []

    /// Whether it is a unix-domain socket.
    package var isPath: Bool { host.hasPrefix("unix:") }

    /// `127.0.0.1:25`, `[::1]:25`, `unix:/path`.
    package var address: String {
        if isPath { return host }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension Endpoint {
    /// What the test `listener=` calls it: `:2526` where it listens on all of IPv4.
    package var ruleName: String { host == "0.0.0.0" ? ":\(port)" : address }

    /// The address in the one form that all spellings of it have; nil if the kernel chooses it.
    var canonicalAddress: String? {
        if isPath { return host.hasPrefix("unix:/") ? host.withoutEmptySteps : host }
        guard port != 0 else { return nil }
        return numericAddress?.description ?? address.lowercased()
    }

    /// The address if it is a numeric one of IP.
    var numericAddress: NetworkAddress? {
        isPath ? nil : NetworkAddress(host, port: port)
    }
}

extension String {
    /// A path without what leads nowhere: `//` and `/.`.
    fileprivate var withoutEmptySteps: String {
        split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }
}

extension Configuration {
    /// Where to listen: at the listeners that are listed, or else at every host and port.
    package var listeners: [Endpoint] {
        guard listen.isEmpty, tlsListen.isEmpty else {
            return listen.map { listener($0, isImplicitTLS: false) }
                + tlsListen.map { listener($0, isImplicitTLS: true) }
        }
        var listeners: [Endpoint] = []
        for host in hosts {
            let isPath = host.hasPrefix("unix:")
            for port in isPath ? [0] : ports {
                listeners.append(
                    Endpoint(host: host, port: port, isImplicitTLS: false, policy: policy))
            }
            for port in isPath || !hasTLS ? [] : sslPorts {
                listeners.append(
                    Endpoint(host: host, port: port, isImplicitTLS: true, policy: policy))
            }
        }
        return listeners
    }

    private func listener(_ line: EndpointLine, isImplicitTLS: Bool) -> Endpoint {
        Endpoint(
            host: line.host, port: line.port, isImplicitTLS: isImplicitTLS,
            policy: line.policy(over: policy), rules: line.rules)
    }
}
