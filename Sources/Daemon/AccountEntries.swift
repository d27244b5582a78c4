internal import Glibc

/// What the system's databases know of a user.
struct UserEntry: Sendable {
    let name: String
    let uid: uid_t
    /// The user's own group; nil for a number that is no user's.
    let gid: gid_t?

    static func named(_ name: String) throws(StartError) -> UserEntry? {
        try find { getpwnam_r(name, $0, $1, $2, $3) }
    }

    static func with(id: uid_t) throws(StartError) -> UserEntry? {
        try find { getpwuid_r(id, $0, $1, $2, $3) }
    }

    private static func find(_ call: DatabaseCall<passwd>) throws(StartError) -> UserEntry? {
        try AccountDatabase.find(passwd(), call) {
            UserEntry(name: String(cString: $0.pw_name), uid: $0.pw_uid, gid: $0.pw_gid)
        }
    }
}

/// What the system's databases know of a group.
struct GroupEntry: Sendable {
    let name: String
    let gid: gid_t

    static func named(_ name: String) throws(StartError) -> GroupEntry? {
        try find { getgrnam_r(name, $0, $1, $2, $3) }
    }

    static func with(id: gid_t) throws(StartError) -> GroupEntry? {
        try find { getgrgid_r(id, $0, $1, $2, $3) }
    }

    private static func find(_ call: DatabaseCall<group>) throws(StartError) -> GroupEntry? {
        try AccountDatabase.find(group(), call) {
            GroupEntry(name: String(cString: $0.gr_name), gid: $0.gr_gid)
        }
    }
}

/// One of `getpwnam_r` and its kin, without what it looks for.
private typealias DatabaseCall<Entry> = (
    UnsafeMutablePointer<Entry>, UnsafeMutablePointer<CChar>, Int,
    UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>
) -> Int32

private enum AccountDatabase {
    /// A group of very many members needs much room, and none needs more than this.
    private static let maximumRoom = 16 << 20

    /// Looks an entry up, with as much room for its strings as it needs; nil when there is none.
    static func find<Entry, Result>(
        _ blank: Entry, _ call: DatabaseCall<Entry>, _ read: (Entry) -> Result
    ) throws(StartError) -> Result? {
        var room = [CChar](repeating: 0, count: 4096)
        while true {
            var entry = blank
            var found: UnsafeMutablePointer<Entry>?
            // The strings lie in the room, so they are read while it stays where it is.
            let (code, result) = room.withUnsafeMutableBufferPointer { room in
                guard let base = room.baseAddress else { return (ENOMEM, Result?.none) }
                let code = call(&entry, base, room.count, &found)
                return (code, found.map { read($0.pointee) })
            }
            switch code {
            // The codes for "not found", beside success, differ from library to library.
            case 0, ENOENT, ESRCH, EBADF, EPERM: return result
            case EINTR: continue
            case ERANGE where room.count < maximumRoom:
                room = [CChar](repeating: 0, count: room.count * 4)
            default:
                throw .call("look users and groups up", code: code, "see /etc/nsswitch.conf")
            }
        }
    }
}
