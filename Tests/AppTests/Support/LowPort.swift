import Foundation
import Synchronization

/// A port that only root may bind.
enum LowPort {
    /// The ports that no test has yet.
    private static let left = Mutex(1..<1024)

    /// One that is free on an address of the loopback network that is this process's alone; every
    /// call has another.
    static func free() throws -> (host: String, port: Int) {
        let id = getpid()
        let host = "127.\(64 | id >> 16 & 63).\(id >> 8 & 255).\(id & 255)"
        return try left.withLock { left in
            while let port = left.popLast() {
                if isFree(host, UInt16(port)) { return (host, port) }
            }
            throw TestError.wrong("every port of \(host) under 1024 is taken")
        }
    }

    private static func isFree(_ host: String, _ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        return withUnsafeBytes(of: address) { bytes in
            bind(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                socklen_t(bytes.count)) == 0
        }
    }
}
