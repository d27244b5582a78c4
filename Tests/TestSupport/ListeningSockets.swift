package import BlackholePipeline
internal import Foundation
internal import Glibc

/// The sockets by which a process listens at an address, so that a test can see it close them.
///
/// Nobody may look for that at the port: a moment after it is freed it may be someone else's. The
/// kernel's number for a socket is no other socket's.
package struct ListeningSockets {
    private let address: NetworkAddress
    private let process: Int32
    private let inodes: Set<Substring>

    /// Looks by which sockets a process listens there: it does.
    package init(at address: NetworkAddress, of process: Int32 = getpid()) {
        self.address = address
        self.process = process
        var found: Set<Substring> = []
        // The kernel lists sockets piece by piece, and may miss one while others come and go.
        let isListed = eventually {
            found = address.port.map(ListeningSockets.listening) ?? []
            found.formIntersection(ListeningSockets.open(process))
            return address.port == nil || !found.isEmpty
        }
        precondition(isListed, "nobody listens on \(address)")
        inodes = found
    }

    /// Looks who listens on a TCP port.
    package init(port: Int, of process: Int32 = getpid()) {
        self.init(at: .loopback(port: UInt16(port)), of: process)
    }

    /// Whether all of them come to be closed.
    ///
    /// A unix-domain socket has a name of its own, which comes to refuse a client.
    package var areGone: Bool {
        guard address.port != nil else { return eventually { (try? Client(to: address)) == nil } }
        return eventually { ListeningSockets.open(process).isDisjoint(with: inodes) }
    }

    /// The inodes of all sockets that a process has open, as proc(5) has them.
    private static func open(_ process: Int32) -> Set<Substring> {
        let folder = "/proc/\(process)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return Set(
            names.compactMap { name in
                let path = "\(folder)/\(name)"
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
                guard let target, target.hasPrefix("socket:[") else { return nil }
                return target.dropFirst("socket:[".count).dropLast()
            })
    }

    /// The inodes of all sockets that listen on a port.
    private static func listening(_ port: UInt16) -> Set<Substring> {
        let hex = String(port, radix: 16, uppercase: true)
        let suffix = ":" + String(repeating: "0", count: 4 - hex.count) + hex
        var inodes: Set<Substring> = []
        for file in ["/proc/self/net/tcp", "/proc/self/net/tcp6"] {
            for line in ListeningSockets.text(of: file).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count > 9, words[1].hasSuffix(suffix), words[3] == "0A" else {
                    continue
                }
                inodes.insert(words[9])
            }
        }
        return inodes
    }

    /// All of a file of the kernel's, which gives a page of it at a time: Foundation stops there.
    private static func text(of file: String) -> String {
        let descriptor = Glibc.open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &piece, piece.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece[..<count]
        }
    }
}
