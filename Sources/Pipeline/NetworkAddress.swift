internal import BlackholeCLinux
internal import Glibc

/// Where a socket is: IPv4, IPv6 or a path in the file system.
public enum NetworkAddress: Sendable, Hashable {
    /// An IPv4 address, its first byte on top, and a port.
    case ipv4(UInt32, port: UInt16)
    /// An IPv6 address in two halves, a port, and the scope of a link-local address.
    case ipv6(UInt64, UInt64, port: UInt16, scope: UInt32)
    /// A unix-domain socket. Its peers have no name as a rule: their path is empty.
    ///
    /// A path that begins with `@` is no file but a name in Linux's abstract namespace, which is
    /// gone with its socket; a file of such a name is `./@name`.
    case unix(path: String)

    /// The IPv4 loopback address with a port; 0 leaves the choice to the kernel.
    public static func loopback(port: UInt16 = 0) -> NetworkAddress {
        .ipv4(0x7F00_0001, port: port)
    }

    /// Reads a numeric address: `127.0.0.1`, `::1`, `[::1]`, `fe80::1%2`, `unix:/path` or
    /// `unix:@name`.
    ///
    /// A name is not looked up: nil.
    public init?(_ host: String, port: UInt16) {
        guard !host.utf8.contains(0) else { return nil }
        if host.hasPrefix("unix:") {
            self = .unix(path: String(host.dropFirst("unix:".count)))
            guard hasKernelForm else { return nil }
            return
        }
        var four = in_addr()
        if inet_pton(AF_INET, host, &four) == 1 {
            self = .ipv4(UInt32(bigEndian: four.s_addr), port: port)
            return
        }
        var text = host
        if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
        var scope: UInt32 = 0
        if let percent = text.lastIndex(of: "%") {
            let name = String(text[text.index(after: percent)...])
            scope = UInt32(name) ?? if_nametoindex(name)
            guard scope > 0 else { return nil }
            text = String(text[..<percent])
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let halves = NetworkAddress.halves(of: six)
        self = .ipv6(halves.0, halves.1, port: port, scope: scope)
    }

    /// The port; nil for a unix-domain socket.
    public var port: UInt16? {
        switch self {
        case .ipv4(_, let port), .ipv6(_, _, let port, _): port
        case .unix: nil
        }
    }

    /// The same address with another port.
    public func with(port: UInt16) -> NetworkAddress {
        switch self {
        case .ipv4(let address, _): .ipv4(address, port: port)
        case .ipv6(let high, let low, _, let scope): .ipv6(high, low, port: port, scope: scope)
        case .unix: self
        }
    }

    /// The path of a unix-domain socket that is a file; nil for any other address.
    var filePath: String? {
        guard case .unix(let path) = self, !path.hasPrefix("@") else { return nil }
        return path
    }

    static let maximumPathBytes = 108
}

extension NetworkAddress: CustomStringConvertible {
    /// `127.0.0.1:25`, `[::1]:25`, `unix:/run/blackhole`, `unix:@blackhole`.
    public var description: String {
        switch self {
        case .ipv4(_, let port): "\(host):\(port)"
        case .ipv6(_, _, let port, _): "[\(host)]:\(port)"
        case .unix: host
        }
    }

    /// The address without its port: `127.0.0.1`, `::1`, `unix:/run/blackhole`.
    public var host: String {
        switch self {
        case .ipv4(let address, _):
            return (0..<4).map { String(address >> (24 - 8 * $0) & 0xFF) }.joined(separator: ".")
        case .ipv6(let high, let low, _, let scope):
            var address = NetworkAddress.address(high, low)
            let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { room in
                inet_ntop(AF_INET6, &address, room.baseAddress, 64).map { String(cString: $0) }
            }
            return (text ?? "::") + (scope == 0 ? "" : "%\(scope)")
        case .unix(let path):
            return "unix:\(path)"
        }
    }
}

extension NetworkAddress {
    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    /// Whether connections to it are TCP's.
    var isTCP: Bool { family != AF_UNIX }

    /// Whether the kernel can take it: false for a path or name that is empty, too long, or holds a
    /// NUL.
    var hasKernelForm: Bool {
        guard case .unix(let path) = self else { return true }
        return 1..<NetworkAddress.maximumPathBytes ~= path.utf8.count && path != "@"
            && !path.utf8.contains(0)
    }

    /// Gives a socket this address: bind(2); EINVAL without a form that the kernel can take.
    package func bind(_ socket: Int32) -> Int32 {
        withKernelForm { Glibc.bind(socket, $0, $1) }
    }

    /// Connects a socket to this address: connect(2); EINVAL without a form that the kernel can take.
    package func connect(_ socket: Int32) -> Int32 {
        withKernelForm { Glibc.connect(socket, $0, $1) }
    }

    /// Calls `body` with the address in the kernel's form; as a call that fails with EINVAL if it
    /// has none.
    private func withKernelForm(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        guard hasKernelForm else {
            errno = EINVAL
            return -1
        }
        var storage = sockaddr_storage()
        let length = withUnsafeMutableBytes(of: &storage) { room -> socklen_t in
            switch self {
            case .ipv4(let address, let port):
                var form = sockaddr_in()
                form.sin_family = sa_family_t(AF_INET)
                form.sin_port = port.bigEndian
                form.sin_addr.s_addr = address.bigEndian
                room.storeBytes(of: form, as: sockaddr_in.self)
                return socklen_t(MemoryLayout<sockaddr_in>.size)
            case .ipv6(let high, let low, let port, let scope):
                var form = sockaddr_in6()
                form.sin6_family = sa_family_t(AF_INET6)
                form.sin6_port = port.bigEndian
                form.sin6_addr = NetworkAddress.address(high, low)
                form.sin6_scope_id = scope
                room.storeBytes(of: form, as: sockaddr_in6.self)
                return socklen_t(MemoryLayout<sockaddr_in6>.size)
            case .unix(let path):
                room.storeBytes(of: sa_family_t(AF_UNIX), as: sa_family_t.self)
                let bytes = Array(path.utf8.prefix(NetworkAddress.maximumPathBytes - 1))
                room.baseAddress?.advanced(by: 2).copyMemory(
                    from: bytes, byteCount: bytes.count)
                guard filePath == nil else { return socklen_t(2 + bytes.count + 1) }
                // An abstract name has a NUL in front, and no end but the address's.
                room[2] = 0
                return socklen_t(2 + bytes.count)
            }
        }
        return withUnsafeBytes(of: &storage) { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("storage has bytes") }
            return body(base.assumingMemoryBound(to: sockaddr.self), length)
        }
    }

    /// Reads the kernel's form; nil where the family is none of ours.
    init?(kernelForm storage: inout sockaddr_storage, length: socklen_t) {
        let family = Int32(storage.ss_family)
        let form: NetworkAddress? = withUnsafeBytes(of: &storage) { bytes in
            switch family {
            case AF_INET:
                let form = bytes.load(as: sockaddr_in.self)
                return .ipv4(
                    UInt32(bigEndian: form.sin_addr.s_addr), port: UInt16(bigEndian: form.sin_port))
            case AF_INET6:
                let form = bytes.load(as: sockaddr_in6.self)
                let halves = NetworkAddress.halves(of: form.sin6_addr)
                return .ipv6(
                    halves.0, halves.1, port: UInt16(bigEndian: form.sin6_port),
                    scope: form.sin6_scope_id)
            case AF_UNIX:
                let name = bytes[2..<max(2, min(Int(length), bytes.count))]
                if name.first == 0 {
                    return .unix(path: "@" + String(decoding: name.dropFirst(), as: UTF8.self))
                }
                return .unix(path: String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
            default:
                return nil
            }
        }
        guard let form else { return nil }
        self = form
    }

    private static func halves(of address: in6_addr) -> (UInt64, UInt64) {
        withUnsafeBytes(of: address) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    private static func address(_ high: UInt64, _ low: UInt64) -> in6_addr {
        var address = in6_addr()
        withUnsafeMutableBytes(of: &address) { bytes in
            bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
        return address
    }
}
