internal import Glibc

extension Account {
    /// Who owns the files of unix-domain sockets; nil for who makes them.
    package struct SocketOwner: Sendable, Equatable {
        package let uid: UInt32?
        package let gid: UInt32?
    }

    /// Finds the owner of the files of unix-domain sockets.
    ///
    /// Where root starts the service it is the account by default, which so may remove a file of
    /// its own from a directory of all, such as /tmp.
    ///
    /// - Parameters:
    ///   - user: a name or a number; nil for the default.
    ///   - group: a name or a number; nil for the default.
    package func socketOwner(user: String?, group: String?) throws(StartError) -> SocketOwner {
        let isRoot = geteuid() == 0
        var uid = isRoot ? self.uid : nil
        var gid = isRoot ? self.gid : nil
        if let user { uid = try Account.named(user: user, "--socket_user").uid }
        if let group { gid = try Account.named(group: group, "--socket_group").gid }
        if !isRoot, let user, uid != self.uid { throw Account.cannotGive("--socket_user", user) }
        if !isRoot, let group, let gid, gid != self.gid, !supplementaryGroups().contains(gid) {
            throw Account.cannotGive("--socket_group", group)
        }
        return SocketOwner(uid: uid, gid: gid)
    }

    private static func cannotGive(_ option: String, _ name: String) -> StartError {
        StartError(
            "cannot use \(option) \(LogFile.escaped(name)): only root may give a socket to others; "
                + "start as root, or leave it out", exitCode: EX_NOPERM)
    }
}
