internal import BlackholePipeline
internal import BlackholeRules

/// How the console is to be served.
package struct ConsoleOptions: Sendable, Equatable {
    /// Where it listens; nowhere by default.
    package var places: [EndpointLine] = []
    package var user: String?
    package var passwordPath: String?
    package var hasTLS = false
    /// Whether nothing can be changed; nil if that was not said.
    package var isReadOnly: Bool?
    package var names: [String] = []
    package var origins: [String] = []
    /// Whether it may be reached from other machines without a password.
    package var isOpen = false
    package var domains: [String] = []
    /// How many entries are kept; nil for the default.
    package var keep: Int?
    package var keepBytes = 64 << 20
    package var sessions = 1000
    package var keepsTranscripts = true
    package var addressesPath: String?

    package init() {}

    /// Whether there is a console.
    package var isServed: Bool { !places.isEmpty }

    /// How many entries are kept, in effect.
    package var effectiveKeep: Int { isServed ? keep ?? 100 : 0 }

    /// Whether anybody on the network can use it.
    package var isOpenToAll: Bool { user == nil && places.contains { !$0.isLocal } }

    /// Whether there is a console by which rules can be changed.
    package var canChangeRules: Bool { isServed && !areRulesReadOnly }

    /// Whether the rules cannot be changed.
    package var areRulesReadOnly: Bool { isReadOnly ?? isOpenToAll }
}

extension EndpointLine {
    /// Whether only this machine reaches it.
    var isLocal: Bool {
        if host.hasPrefix("unix:") || host == "localhost" { return true }
        return switch Endpoint(console: self).numericAddress {
        case .ipv4(let address, _): address >> 24 == 127
        case .ipv6(let high, let low, _, _): (high, low) == (0, 1)
        case .unix, nil: false
        }
    }

    /// `127.0.0.1:8025`, `[::1]:8025`, `unix:/path`.
    package var address: String { Endpoint(console: self).address }
}

extension Endpoint {
    /// A place of the console, as if mail came there.
    package init(console place: EndpointLine, isImplicitTLS: Bool = false) {
        self.init(
            host: place.host, port: place.port, isImplicitTLS: isImplicitTLS,
            policy: ModeSettings())
    }
}

// MARK: Forms

extension Form<[EndpointLine]> {
    /// Addresses without flags.
    static var places: Form {
        list(
            "[address]:port",
            { text throws(ValueError) in
                let place = try EndpointLine(text)
                guard !place.hasFlags, place.rules.isEmpty else {
                    throw ValueError("\(text.quoted) has flags, which only listen takes")
                }
                return place
            }, \.written)
    }
}

extension Form<[String]> {
    static func words(_ valueName: String) -> Form { list(valueName, String.word, \.self) }

    static var origins: Form { list("origin", String.origin, \.self) }
}

extension Form<String> {
    static var userName: Form {
        one(
            "user",
            { text throws(ValueError) in
                let name = try String.word(text)
                guard !name.contains(":") else {
                    throw ValueError("\(text.quoted) has a colon, which no user name may have")
                }
                return name
            }, \.self)
    }
}

extension Form<[NetworkBlock]> {
    static var networks: Form { list("address/bits", NetworkBlock.init, \.description) }
}

extension String {
    /// An origin as browsers send it (RFC 6454 §6.2): a scheme, a host, and a port if it is another than
    /// the scheme's.
    fileprivate static func origin(_ text: String) throws(ValueError) -> String {
        let rest = ["http://", "https://"].lazy.filter(text.hasPrefix).first
            .map { text.dropFirst($0.count) }
        guard let rest, !rest.isEmpty, !rest.contains(where: { "/?#@ ".contains($0) }) else {
            throw ValueError(
                "\(text.quoted) is not an origin: a scheme and a host, as https://tests.example")
        }
        return text
    }
}

extension NetworkBlock {
    /// Reads `10.0.0.0/8`, `192.0.2.1`, `2001:db8::/32`.
    fileprivate init(_ text: String) throws(ValueError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let address = NetworkAddress(String(parts[0]), port: 0)
        let bits = address.map { if case .ipv4 = $0 { 32 } else { 128 } } ?? 0
        let prefix = parts.count == 2 ? Int(parts[1]) : bits
        guard let address, !text.hasPrefix("unix:"), let prefix,
            let block = NetworkBlock(address, prefix: prefix)
        else {
            throw ValueError("\(text.quoted) is not a network, such as 10.0.0.5 or 192.0.2.0/24")
        }
        self = block
    }
}
