import Foundation
import Glibc

extension Client {
    /// Connects to an address as the program's log writes it.
    static func connect(to address: String) throws -> Int32 {
        if address.hasPrefix("unix:") { return try connect(toPath: String(address.dropFirst(5))) }
        guard let colon = address.lastIndex(of: ":"),
            let port = UInt16(address[address.index(after: colon)...])
        else { throw TestError.wrong("no address: \(address)") }
        let host = address[..<colon]
        if host.hasPrefix("[") {
            var peer = sockaddr_in6()
            peer.sin6_family = sa_family_t(AF_INET6)
            peer.sin6_port = port.bigEndian
            inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &peer.sin6_addr)
            return try connect(AF_INET6, peer)
        }
        var peer = sockaddr_in()
        peer.sin_family = sa_family_t(AF_INET)
        peer.sin_port = port.bigEndian
        inet_pton(AF_INET, String(host), &peer.sin_addr)
        return try connect(AF_INET, peer)
    }

    private static func connect(toPath path: String) throws -> Int32 {
        var peer = sockaddr_un()
        peer.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &peer.sun_path) { $0.copyBytes(from: path.utf8) }
        return try connect(AF_UNIX, peer)
    }

    private static func connect<Address>(_ family: Int32, _ address: Address) throws -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw TestError.system("socket", errno) }
        var limit = timeval(tv_sec: Int(patienceSeconds), tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        if family != AF_UNIX {
            var on: Int32 = 1
            setsockopt(
                descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on,
                socklen_t(MemoryLayout<Int32>.size))
        }
        let code = withUnsafeBytes(of: address) { bytes in
            Glibc.connect(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(MemoryLayout<Address>.size))
        }
        guard code == 0 else {
            let error = errno
            Glibc.close(descriptor)
            throw TestError.system("connect to \(address)", error)
        }
        return descriptor
    }
}
