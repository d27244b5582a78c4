internal import CLinux
internal import Glibc

/// Opens listening sockets.
enum ListeningSocket {
    /// Binds an address once for every loop.
    ///
    /// Each loop gets a socket of its own (SO_REUSEPORT), so that the kernel spreads connections and
    /// no loop waits for another; the loops share a unix-domain socket, which has no such option.
    ///
    /// - Returns: the sockets, and the address with the port that the kernel chose.
    static func bind(
        _ address: SocketAddress, times: Int, backlogMax: Int32
    ) throws(SystemError) -> (descriptors: [Int32], address: SocketAddress) {
        var descriptors: [Int32] = []
        var bound = address
        do throws(SystemError) {
            for _ in 0..<times {
                if case .unix = address, let first = descriptors.first {
                    let copy = fcntl(first, F_DUPFD_CLOEXEC, 0)
                    guard copy >= 0 else { throw .current("duplicate \(address)") }
                    descriptors.append(copy)
                } else {
                    let socket = try bind(
                        bound, backlogMax: backlogMax, isFirst: descriptors.isEmpty,
                        isShared: times > 1)
                    bound = localAddress(of: socket) ?? bound
                    descriptors.append(socket)
                }
            }
        } catch {
            for descriptor in descriptors { _ = close(descriptor) }
            throw error
        }
        return (descriptors, bound)
    }

    private static func bind(
        _ address: SocketAddress, backlogMax: Int32, isFirst: Bool, isShared: Bool
    ) throws(SystemError) -> Int32 {
        guard address.hasKernelForm else { throw SystemError("bind \(address)", code: EINVAL) }
        let number = clinux_socket(address.family)
        guard number >= 0 else { throw .current("open a socket for \(address)") }
        let socket = Descriptor(owning: number)
        if case .unix(let path) = address {
            try removeStaleSocket(path, address)
        } else {
            set(number, SOL_SOCKET, SO_REUSEADDR)
            if !isFirst { set(number, SOL_SOCKET, SO_REUSEPORT) }
            setNoDelay(number)
        }
        if case .ipv6 = address { set(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
        guard address.withKernelForm({ Glibc.bind(number, $0, $1) }) == 0 else {
            throw .current("bind \(address)")
        }
        // Only once it is bound does the first socket admit others beside it: so a second server
        // on the same address is refused, and not given a share of the connections.
        if isFirst && isShared { set(number, SOL_SOCKET, SO_REUSEPORT) }
        guard listen(number, backlogMax) == 0 else { throw .current("listen on \(address)") }
        return socket.release()
    }

    /// Removes a unix-domain socket that nobody listens on any more; a file of any other kind, or
    /// a socket in use, stays, and binding to it fails.
    private static func removeStaleSocket(
        _ path: String, _ address: SocketAddress
    ) throws(SystemError) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
        let probe = Descriptor(owning: clinux_socket(AF_UNIX))
        guard address.withKernelForm({ Glibc.connect(probe.number, $0, $1) }) != 0,
            errno == ECONNREFUSED
        else { return }
        guard unlink(path) == 0 else { throw .current("remove the stale socket \(path)") }
    }

    private static func set(_ socket: Int32, _ level: Int32, _ option: Int32) {
        var on: Int32 = 1
        setsockopt(socket, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    static func localAddress(of socket: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(socket, $0, &length)
            }
        }
        return result == 0 ? SocketAddress(kernelForm: &storage, length: length) : nil
    }
}
