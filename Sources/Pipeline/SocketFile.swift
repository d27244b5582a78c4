internal import BlackholeCLinux
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

    /// The same owner with other permission bits.
    package func limited(to mode: UInt32) -> SocketFile {
        SocketFile(mode: mode, user: user, group: group)
    }

    /// Binds a socket so that nobody else may connect at any moment.
    ///
    /// The file has its mode from the first on, by the process's umask, and its owner before the
    /// socket listens.
    func bind(
        _ socket: Int32, to address: NetworkAddress, _ path: String
    ) throws(SystemError) {
        let before = umask(~mode & 0o777)
        let result = address.bind(socket)
        let code = errno
        umask(before)
        guard result == 0 else { throw SystemError("bind \(address)", code: code) }
        guard user != nil || group != nil else { return }
        guard give(path) else {
            let code = errno
            unlink(path)
            throw SystemError("give \(address) to its owner", code: code)
        }
    }

    /// Gives the file of a socket that was just bound to its owner, and no other file: whoever may
    /// write to its directory could have put one in its place.
    ///
    /// - Returns: false with the reason in `errno`.
    private func give(_ path: String) -> Bool {
        let number = open(path, CLINUX_O_PATH | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { return false }
        let file = Descriptor(owning: number)
        var status = stat()
        guard fstat(file.number, &status) == 0 else { return false }
        guard status.st_mode & S_IFMT == S_IFSOCK, status.st_uid == geteuid(), status.st_nlink == 1
        else {
            errno = ESTALE
            return false
        }
        return fchownat(
            file.number, "", user ?? .max, group ?? .max, CLINUX_AT_EMPTY_PATH) == 0
    }

    /// Removes the file of a socket that nobody listens on any more, as far as one may; any other
    /// file stays.
    package static func removeStale(_ path: String) {
        try? BoundListener.removeStaleSocket(path, .unix(path: path))
    }
}
