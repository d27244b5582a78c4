internal import Glibc

/// An address that is bound and queues connections, before there are loops to accept them.
///
/// So a program can bind as root, drop its privileges, and only then start threads:
///
/// ```swift
/// let listener = try BoundListener(.loopback(port: 25), loops: 2)
/// …
/// let loops = try EventLoops(count: 2)
/// try loops.listen(on: listener) { _ in Echo() }
/// ```
///
/// Given up without having been listened on, it closes its sockets, which resets what is queued,
/// and removes the file of a unix-domain socket that it made.
public struct BoundListener: ~Copyable, Sendable {
    /// The address as bound: with the port that the kernel chose for port 0.
    public let address: NetworkAddress
    /// One for each loop, or one for several.
    private var descriptors: [Int32]
    /// The file of the unix-domain socket, if we made it.
    package private(set) var path: String?

    /// Binds an address and listens.
    ///
    /// - Parameters:
    ///   - address: where; port 0 leaves the choice to the kernel.
    ///   - loops: how many loops there will be, at least 1.
    ///   - maximumBacklog: connections that the kernel keeps waiting for each of them.
    public init(
        _ address: NetworkAddress, loops: Int, maximumBacklog: Int32 = LoopLimits().maximumBacklog
    ) throws(SystemError) {
        try self.init(address, loops: loops, maximumBacklog: maximumBacklog, file: nil)
    }

    /// Binds an address and listens.
    ///
    /// - Parameter file: who may connect to the file of a unix-domain socket; nil to leave that to
    ///   the process's umask. The umask is changed for a moment, so no other thread may be making
    ///   files.
    package init(
        _ address: NetworkAddress, loops: Int, maximumBacklog: Int32 = LoopLimits().maximumBacklog,
        file: SocketFile?
    ) throws(SystemError) {
        precondition(loops > 0, "a pool has a loop")
        (descriptors, self.address) = try BoundListener.bind(
            address, times: loops, maximumBacklog: maximumBacklog, file: file)
        path = self.address.filePath
    }

    /// Takes over a stream socket that listens already, as a service manager hands it over.
    ///
    /// All loops share it. The file of a unix-domain socket stays: it is the service manager's.
    ///
    /// - Parameter descriptor: the listener's to close from here on; if this throws, the caller's.
    public init(adopting descriptor: Int32) throws(SystemError) {
        address = try BoundListener.adopt(descriptor)
        descriptors = [descriptor]
        path = nil
    }

    deinit {
        // While the sockets still listen: after that the path may be another server's already.
        if let path { unlink(path) }
        for descriptor in descriptors { _ = close(descriptor) }
    }

    /// Gives up the sockets, a descriptor for each of so many loops, and the file; they are the
    /// caller's to close and to remove.
    ///
    /// Of loops that share a socket each has a descriptor of its own.
    consuming func release(
        loops: Int
    ) throws(SystemError) -> (descriptors: [Int32], path: String?) {
        precondition(loops >= descriptors.count, "every socket has a loop")
        let sockets = descriptors.count
        for index in sockets..<loops {
            let copy = fcntl(descriptors[index % sockets], F_DUPFD_CLOEXEC, 0)
            guard copy >= 0 else { throw .current("duplicate \(address)") }
            descriptors.append(copy)
        }
        defer { (descriptors, path) = ([], nil) }
        return (descriptors, path)
    }
}
