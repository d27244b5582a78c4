internal import Glibc

/// An open file that was opened without trust in what stands at its path; closed at the end of its
/// life.
///
/// Its directory may be one that everybody writes to, as /tmp is, and we may be root: so no
/// symbolic link is followed, nothing can make the open wait, and no program that we start inherits
/// it.
struct OpenFile: ~Copyable {
    let descriptor: Int32
    /// Whether the open made the file.
    let isNew: Bool

    init(owning descriptor: Int32, isNew: Bool = false) {
        self.descriptor = descriptor
        self.isNew = isNew
    }

    deinit {
        _ = close(descriptor)
    }

    private static let wary = O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
    private static let maximumAttempts = 100

    /// Opens what is there; nil when there is nothing.
    static func existing(
        _ place: FilePlace, _ access: Int32
    ) throws(StartError) -> OpenFile? {
        guard !place.path.isEmpty, !place.path.utf8.contains(0) else {
            throw place.refusal("has no name that a file can have: mend it")
        }
        let descriptor = open(place.path, access | wary)
        if descriptor >= 0 { return OpenFile(owning: descriptor) }
        let code = errno
        if code == ENOENT { return nil }
        throw place.openFailure(code: code)
    }

    /// Opens what is there, or makes it with just these permissions, whatever the umask.
    static func existingOrNew(
        _ place: FilePlace, _ access: Int32, mode: mode_t
    ) throws(StartError) -> OpenFile {
        for _ in 0..<maximumAttempts {
            // Without O_CREAT first: in a sticky directory the kernel may refuse that even to root
            // for a file that is there and another's (fs.protected_regular).
            if let file = try existing(place, access) { return file }
            let descriptor = open(place.path, access | wary | O_CREAT | O_EXCL, mode)
            if descriptor >= 0 {
                let file = OpenFile(owning: descriptor, isNew: true)
                guard fchmod(descriptor, mode) == 0 else {
                    throw place.failure(to: "set the mode of", code: errno)
                }
                return file
            }
            let code = errno
            guard code == EEXIST else { throw place.failure(to: "make", code: code) }
        }
        throw place.refusal("is made and removed again and again: find out by whom")
    }

    func status(_ place: FilePlace) throws(StartError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw place.failure(to: "examine", code: errno)
        }
        return status
    }

    /// Refuses a file that somebody else may have put there for us to write to.
    ///
    /// - Parameter owners: the users whose file it may be, besides root and ourselves.
    func requireOurs(
        _ place: FilePlace, _ status: stat, owners: [uid_t] = []
    ) throws(StartError) {
        guard status.st_nlink <= 1 else {
            throw place.refusal("has another name, too (a hard link): remove it")
        }
        guard ([0, geteuid()] + owners).contains(status.st_uid) else {
            throw place.refusal("belongs to another user (id \(status.st_uid)): remove it")
        }
    }

    /// Whether the path still leads to this file.
    func isStill(at path: String) -> Bool {
        var mine = stat()
        var theirs = stat()
        return fstat(descriptor, &mine) == 0 && lstat(path, &theirs) == 0
            && mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino
    }
}
