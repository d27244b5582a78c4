internal import Foundation
internal import Glibc
package import Pipeline

/// The sockets that listen at an address, so that a test can see them go.
///
/// Nobody may look for that at the port: a moment after it is freed it may be someone else's. The
/// kernel's number for a socket is no other socket's.
package struct ListeningSockets {
    private let address: SocketAddress
    private let inodes: Set<Substring>

    /// Looks who listens there: somebody does.
    package init(at address: SocketAddress) {
        self.address = address
        inodes = address.port.map(ListeningSockets.inodes) ?? []
        precondition(address.port == nil || !inodes.isEmpty, "nobody listens on \(address)")
    }

    /// Looks who listens on a TCP port.
    package init(port: Int) {
        self.init(at: .loopback(port: UInt16(port)))
    }

    /// Whether all of them come to be gone.
    ///
    /// One may live on for a moment, in a child that another test has forked and that has not begun
    /// its program yet. A unix-domain socket has a name of its own, which comes to refuse a client.
    package var areGone: Bool {
        guard let port = address.port else {
            return eventually { (try? Client(to: address)) == nil }
        }
        return eventually { ListeningSockets.inodes(port).isDisjoint(with: inodes) }
    }

    /// The inodes of all sockets that listen on a port, as proc(5) lists them.
    private static func inodes(_ port: UInt16) -> Set<Substring> {
        let hex = String(port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: 4 - hex.count) + hex
        var inodes: Set<Substring> = []
        for file in ["/proc/self/net/tcp", "/proc/self/net/tcp6"] {
            let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count > 9, words[1].hasSuffix(suffix), words[3] == "0A" else {
                    continue
                }
                inodes.insert(words[9])
            }
        }
        return inodes
    }
}
