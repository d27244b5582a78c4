internal import Glibc

extension Account {
    static let defaultName = "blackhole"
    private static let unprivilegedUser = "nobody"

    /// Finds the account to serve as.
    ///
    /// Root's default is user and group `blackhole`; without that user it is `nobody`, and without
    /// that group the user's own. Others stay who they are.
    ///
    /// - Parameters:
    ///   - user: a name or a number; nil for the default.
    ///   - group: a name or a number; nil for the default.
    /// - Returns: the account, and what the operator should know.
    package static func resolve(
        user: String?, group: String?
    ) throws(StartError) -> (account: Account, warnings: [String]) {
        guard geteuid() == 0 else { return (try stay(user, group), []) }
        var warnings: [String] = []
        let user = if let user { try named(user: user) } else { try defaultUser(&warnings) }
        let group = if let group { try named(group: group) } else { try defaultGroup(of: user) }
        let account = Account(user: user.name, group: group.name, uid: user.uid, gid: group.gid)
        if account.uid == 0 {
            warnings.append(
                "SERVING AS ROOT: a hole in the server would give the whole machine away; "
                    + "name another --user")
        } else if account.gid == 0 {
            warnings.append(
                "serving in group root, which may read and write what others may not; "
                    + "name another --group")
        }
        return (account, warnings)
    }

    /// Without root there is no choice, only a wrong wish.
    private static func stay(_ user: String?, _ group: String?) throws(StartError) -> Account {
        let current = Account.current
        if let user, try named(user: user).uid != current.uid {
            throw needsRoot("--user \(LogFile.escaped(user))")
        }
        if let group, try named(group: group).gid != current.gid {
            throw needsRoot("--group \(LogFile.escaped(group))")
        }
        return current
    }

    private static func needsRoot(_ option: String) -> StartError {
        StartError(
            "cannot serve with \(option): only root may change to another; "
                + "start as root, or leave it out", exitCode: EX_NOPERM)
    }

    private static func defaultUser(_ warnings: inout [String]) throws(StartError) -> UserEntry {
        if let entry = try UserEntry.named(defaultName) { return entry }
        guard let entry = try UserEntry.named(unprivilegedUser) else {
            throw StartError(
                "there is neither a user \(defaultName) nor \(unprivilegedUser) to serve as: "
                    + "name a --user", exitCode: EX_CONFIG)
        }
        warnings.append(
            "there is no user \(defaultName): serving as \(unprivilegedUser), whom others use too; "
                + "make one with: useradd --system \(defaultName)")
        return entry
    }

    private static func defaultGroup(of user: UserEntry) throws(StartError) -> GroupEntry {
        if let entry = try GroupEntry.named(defaultName) { return entry }
        guard let gid = user.gid else {
            throw StartError(
                "user \(user.name) has no group of its own: name a --group", exitCode: EX_CONFIG)
        }
        return try GroupEntry.with(id: gid) ?? GroupEntry(name: String(gid), gid: gid)
    }

    static func named(
        user: String, _ option: String = "--user"
    ) throws(StartError) -> UserEntry {
        if let entry = try UserEntry.named(user) { return entry }
        guard let id = number(user) else { throw unknown("user", user, option) }
        return try UserEntry.with(id: id) ?? UserEntry(name: user, uid: id, gid: nil)
    }

    static func named(
        group: String, _ option: String = "--group"
    ) throws(StartError) -> GroupEntry {
        if let entry = try GroupEntry.named(group) { return entry }
        guard let id = number(group) else { throw unknown("group", group, option) }
        return try GroupEntry.with(id: id) ?? GroupEntry(name: group, gid: id)
    }

    /// Reads an id; the greatest number is none, for to the kernel it means "leave as it is".
    static func number(_ text: String) -> UInt32? {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt32(text).flatMap { $0 == .max ? nil : $0 }
    }

    private static func unknown(_ kind: String, _ name: String, _ option: String) -> StartError {
        StartError(
            "there is no \(kind) \(LogFile.escaped(name)): make one, or name another \(option)",
            exitCode: EX_CONFIG)
    }
}
