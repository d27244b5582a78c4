internal import Glibc

/// The POSIX record lock on a file as a whole (`fcntl` with `F_SETLK`).
///
/// It is the process's: a child does not inherit it, and the process loses it when it closes *any*
/// of its descriptors of the file. In return the kernel tells who holds it, so nobody need trust
/// what is written in the file.
enum RecordLock {
    /// Who holds a lock.
    enum Holder: Equatable {
        case process(pid_t)
        /// A process that has no number here: it lives in another PID namespace.
        case unseen
    }

    /// Takes the lock for writing, if it is free.
    ///
    /// - Returns: whether it was.
    static func take(
        _ file: borrowing OpenFile, _ place: FilePlace
    ) throws(StartError) -> Bool {
        var lock = whole(F_WRLCK)
        if fcntl(file.descriptor, F_SETLK, &lock) == 0 { return true }
        let code = errno
        guard code == EAGAIN || code == EACCES else {
            throw place.failure(to: "lock", code: code)
        }
        return false
    }

    /// Who else has the file locked for writing.
    ///
    /// Locks for reading do not count: whoever may read the file can take one.
    static func writer(of file: borrowing OpenFile) -> Holder? {
        holder(of: file, against: F_RDLCK)
    }

    /// Who else has the file locked for reading or writing.
    static func holder(of file: borrowing OpenFile) -> Holder? {
        holder(of: file, against: F_WRLCK)
    }

    private static func holder(of file: borrowing OpenFile, against kind: Int32) -> Holder? {
        var lock = whole(kind)
        guard fcntl(file.descriptor, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else {
            return nil
        }
        // 0 and -1 are no process, and to signal them would hit many.
        return lock.l_pid > 0 ? .process(lock.l_pid) : .unseen
    }

    private static func whole(_ kind: Int32) -> flock {
        var lock = flock()
        lock.l_type = Int16(kind)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }
}
