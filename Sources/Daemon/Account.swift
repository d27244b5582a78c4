internal import BlackholeCLinux
internal import Glibc

/// The user and group that a service runs as.
package struct Account: Sendable, Equatable {
    /// The user's name, or the number of one that has none.
    package let user: String
    /// The group's name, or the number of one that has none.
    package let group: String
    package let uid: UInt32
    package let gid: UInt32

    /// Who runs this process.
    package static var current: Account {
        let (uid, gid) = (geteuid(), getegid())
        return Account(
            user: (try? UserEntry.with(id: uid))?.name ?? String(uid),
            group: (try? GroupEntry.with(id: gid))?.name ?? String(gid), uid: uid, gid: gid)
    }

    /// Becomes this account for good, and makes sure of it.
    ///
    /// What needs root comes before, threads come after: the promise that no program started from
    /// here on has more rights (`PR_SET_NO_NEW_PRIVS`) holds for the calling thread and those that
    /// it starts. A process that has changed its user leaves no core dump, in which mail and
    /// passwords would lie, and lets nobody but root look into it: most of its `/proc/PID` is
    /// root's.
    package func assume() throws(StartError) {
        let before = geteuid()
        if before == 0 { try change() }
        try verify(wasRoot: before == 0)
        guard clinux_renounce_privileges() == 0, before == uid || clinux_hide_memory() == 0 else {
            throw .call("give up privileges", code: errno)
        }
    }

    /// The groups first: only root may.
    private func change() throws(StartError) {
        var only = gid
        guard setgroups(1, &only) == 0 else {
            throw .call("give up the groups of root", code: errno, "start with CAP_SETGID")
        }
        guard setresgid(gid, gid, gid) == 0 else {
            throw .call("change to group \(group)", code: errno, "start with CAP_SETGID")
        }
        guard setresuid(uid, uid, uid) == 0 else {
            throw .call("change to user \(user)", code: errno, "start with CAP_SETUID")
        }
    }

    /// Believes no return value: privileges that were only seemingly dropped are a hole.
    private func verify(wasRoot: Bool) throws(StartError) {
        var (realUser, effectiveUser, savedUser) = (uid_t.max, uid_t.max, uid_t.max)
        var (realGroup, effectiveGroup, savedGroup) = (gid_t.max, gid_t.max, gid_t.max)
        guard getresuid(&realUser, &effectiveUser, &savedUser) == 0,
            getresgid(&realGroup, &effectiveGroup, &savedGroup) == 0,
            [realUser, effectiveUser, savedUser].allSatisfy({ $0 == uid }),
            [realGroup, effectiveGroup, savedGroup].allSatisfy({ $0 == gid }),
            !wasRoot || supplementaryGroups() == [gid],
            uid == 0 || (setuid(0) != 0 && seteuid(0) != 0)
        else {
            throw StartError(
                "cannot become user \(user) and group \(group) for good: "
                    + "start as root, or as that very user", exitCode: EX_NOPERM)
        }
    }

    func supplementaryGroups() -> [gid_t] {
        var groups = [gid_t](repeating: .max, count: 64)
        let count = getgroups(Int32(groups.count), &groups)
        return count < 0 ? [] : Array(groups[..<Int(count)])
    }
}
