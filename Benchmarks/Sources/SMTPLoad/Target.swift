package import BlackholePipeline
internal import Glibc

/// Where the load goes: `HOST:PORT`, `[::1]:25` or `unix:/path`.
package struct Target: Sendable {
    package let text: String
    package let address: NetworkAddress
    /// The host that TLS names and checks; nil for a unix-domain socket.
    package let host: String?

    /// Reads a target; a name is looked up.
    package init(_ text: String) throws(TargetError) {
        self.text = text
        if text.hasPrefix("unix:") {
            guard let address = NetworkAddress(text, port: 0) else {
                throw TargetError("\(text) is no path of a socket")
            }
            self.address = address
            host = nil
            return
        }
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { throw TargetError("\(text) is no HOST:PORT, such as 127.0.0.1:25 or [::1]:25") }
        var host = String(text[..<colon])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard isBracketed || !host.contains(":") else {
            throw TargetError("\(text): an IPv6 address has brackets, as in [::1]:25")
        }
        if isBracketed { host = String(host.dropFirst().dropLast()) }
        self.host = host
        if let address = NetworkAddress(host, port: port) {
            self.address = address
        } else {
            address = try Target.lookUp(host, port)
        }
    }

    /// Whether it is on this machine's own network, 127.0.0.0/8.
    package var isLoopback: Bool {
        guard case .ipv4(let address, _) = address else { return false }
        return address >> 24 == 127
    }

    /// So many addresses of our own to come from, 127.0.0.1 and on.
    package func sources(_ count: Int) -> [NetworkAddress] {
        guard isLoopback else { return [] }
        return (0..<count).map { .ipv4(0x7F00_0001 + UInt32($0), port: 0) }
    }

    private static func lookUp(
        _ host: String, _ port: UInt16
    ) throws(TargetError) -> NetworkAddress {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        guard code == 0, let found else {
            throw TargetError("\(host): \(String(cString: gai_strerror(code)))")
        }
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        getnameinfo(
            found.pointee.ai_addr, found.pointee.ai_addrlen, &name, socklen_t(name.count), nil, 0,
            NI_NUMERICHOST)
        let numeric = String(
            decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let address = NetworkAddress(numeric, port: port) else {
            throw TargetError("\(host) has no address that can be connected to")
        }
        return address
    }
}

/// What is wrong with a target, in words for the user.
package struct TargetError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
