internal import BlackholeCLinux
internal import Glibc

extension BoundListener {
    /// Binds an address so often that every loop can have a socket of its own.
    ///
    /// So the kernel spreads connections and no loop waits for another (SO_REUSEPORT); a
    /// unix-domain socket has no such option, and there is one for all.
    ///
    /// - Parameter file: who may connect to a unix-domain socket; nil to leave that to the umask.
    /// - Returns: the sockets, and the address with the port that the kernel chose.
    static func bind(
        _ address: NetworkAddress, times: Int, maximumBacklog: Int32, file: SocketFile?
    ) throws(SystemError) -> (descriptors: [Int32], address: NetworkAddress) {
        var descriptors: [Int32] = []
        var bound = address
        let count = address.family == AF_UNIX ? 1 : times
        do throws(SystemError) {
            for _ in 0..<count {
                let socket = try bind(
                    bound, maximumBacklog: maximumBacklog, isFirst: descriptors.isEmpty,
                    isShared: count > 1, file)
                bound = localAddress(of: socket) ?? bound
                descriptors.append(socket)
            }
        } catch {
            for descriptor in descriptors { _ = close(descriptor) }
            throw error
        }
        return (descriptors, bound)
    }

    /// Makes sure that a descriptor is a stream socket that listens, and fits it for our loops.
    ///
    /// - Returns: its address.
    static func adopt(_ descriptor: Int32) throws(SystemError) -> NetworkAddress {
        let name = "take over descriptor \(descriptor)"
        guard try option(SO_TYPE, of: descriptor, name) == Int32(SOCK_STREAM.rawValue) else {
            throw SystemError(name, code: EPROTOTYPE)
        }
        guard try option(SO_ACCEPTCONN, of: descriptor, name) == 1 else {
            throw SystemError("\(name), which does not listen", code: EINVAL)
        }
        guard let address = localAddress(of: descriptor) else {
            throw SystemError(name, code: EAFNOSUPPORT)
        }
        let status = fcntl(descriptor, F_GETFL)
        guard status >= 0, fcntl(descriptor, F_SETFL, status | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw .current(name) }
        setNoDelay(descriptor)
        setPlainCongestionControl(descriptor)
        return address
    }

    private static func option(
        _ option: Int32, of socket: Int32, _ name: String
    ) throws(SystemError) -> Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(socket, SOL_SOCKET, option, &value, &length) == 0 else {
            throw .current(name)
        }
        return value
    }

    private static func bind(
        _ address: NetworkAddress, maximumBacklog: Int32, isFirst: Bool, isShared: Bool,
        _ file: SocketFile?
    ) throws(SystemError) -> Int32 {
        let number = clinux_socket(address.family)
        guard number >= 0 else { throw .current("open a socket for \(address)") }
        let socket = Descriptor(owning: number)
        if let path = address.filePath {
            try removeStaleSocket(path, address)
        } else if address.family != AF_UNIX {
            set(number, SOL_SOCKET, SO_REUSEADDR)
            if !isFirst { set(number, SOL_SOCKET, SO_REUSEPORT) }
            setNoDelay(number)
            setPlainCongestionControl(number)
        }
        if case .ipv6 = address { set(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
        if let file, let path = address.filePath {
            try file.bind(number, to: address, path)
        } else if address.bind(number) != 0 {
            throw .current("bind \(address)")
        }
        // Only once it is bound does the first socket admit others beside it: so a second server
        // on the same address is refused, and not given a share of the connections.
        if isFirst && isShared { set(number, SOL_SOCKET, SO_REUSEPORT) }
        guard listen(number, maximumBacklog) == 0 else { throw .current("listen on \(address)") }
        return socket.release()
    }

    /// Removes a unix-domain socket that nobody listens on any more; a file of any other kind, or
    /// a socket in use, stays, and binding to it fails.
    static func removeStaleSocket(
        _ path: String, _ address: NetworkAddress
    ) throws(SystemError) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
        let probe = Descriptor(owning: clinux_socket(AF_UNIX))
        guard address.connect(probe.number) != 0, errno == ECONNREFUSED else { return }
        guard unlink(path) == 0 else { throw .current("remove the stale socket \(path)") }
    }

    private static func set(_ socket: Int32, _ level: Int32, _ option: Int32) {
        var on: Int32 = 1
        setsockopt(socket, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    static func localAddress(of socket: Int32) -> NetworkAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(socket, $0, &length)
            }
        }
        return result == 0 ? NetworkAddress(kernelForm: &storage, length: length) : nil
    }
}
