internal import Glibc

/// Whose pid file root believes.
///
/// Root can signal every process, so no file that anybody else may have put there says which.
package struct Trust: Sendable {
    private let owners: [uid_t]

    /// What the user of this process has to look at; nil for all but root, to whom the kernel
    /// leaves no process of others to signal.
    ///
    /// Root believes its own files and those of the account that it would serve as. `nobody`, the
    /// last resort, is not among them unless it is named: others use it, too.
    ///
    /// - Parameter user: a name or a number; nil for the default.
    package static func current(servingAs user: String?) -> Trust? {
        guard geteuid() == 0 else { return nil }
        let entry = try? UserEntry.named(user ?? Account.defaultName)
        let uid = entry?.uid ?? user.flatMap(Account.number)
        return Trust(owners: [0] + (uid.map { [$0] } ?? []))
    }

    /// Refuses a file that anybody else can have written to, and so have locked.
    func requireOwner(of place: FilePlace, _ status: stat) throws(StartError) {
        guard owners.contains(status.st_uid) else {
            let user = (try? UserEntry.with(id: status.st_uid))?.name ?? String(status.st_uid)
            throw place.refusal(
                "belongs to user \(user), whose files root does not obey: remove it", EX_NOPERM)
        }
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw place.refusal(
                "may be written by others, whom root does not obey: set its mode to 0644",
                EX_NOPERM)
        }
    }
}
