internal import CLinux
internal import Glibc

/// Who may connect to the file of a unix-domain socket: those who may write to it.
package struct SocketFile: Sendable, Equatable {
    /// The permission bits.
    private let mode: UInt32
    /// Nil for the process's own.
    private let user: UInt32?
    private let group: UInt32?

    package init(mode: UInt32, user: UInt32? = nil, group: UInt32? = nil) {
        self.mode = mode
        self.user = user
        self.group = group
    }

    /// Binds a socket so that nobody else may connect at any moment.
    ///
    /// The file has its mode from the first on, by the process's umask, and its owner before the
    /// socket listens.
    func bind(
        _ socket: Int32, to address: SocketAddress, _ path: String
    ) throws(SystemError) {
        let before = umask(~mode & 0o777)
        let result = address.bind(socket)
        let code = errno
        umask(before)
        guard result == 0 else { throw SystemError("bind \(address)", code: code) }
        guard user != nil || group != nil else { return }
        guard clinux_give_socket(path, user ?? .max, group ?? .max) == 0 else {
            let code = errno
            unlink(path)
            throw SystemError("give \(address) to its owner", code: code)
        }
    }

    /// Removes the file of a socket that nobody listens on any more, as far as one may; any other
    /// file stays.
    package static func removeStale(_ path: String) {
        try? ListeningSocket.removeStaleSocket(path, .unix(path: path))
    }
}
