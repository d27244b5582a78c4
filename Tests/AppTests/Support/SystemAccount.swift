import Foundation
import Synchronization

/// A user of the system and a group of the same name, made for a test; removed when its owner is
/// gone.
///
/// Only root can make one.
final class SystemAccount {
    let name: String
    let uid: uid_t
    let gid: gid_t

    /// The system's tools wait for one another, but not for long.
    private static let turn = Mutex(())

    init() throws {
        let name = "blackhole-\(getpid())-\(UInt16.random(in: .min ... .max))"
        let add = try SystemAccount.turn.withLock { _ in
            try Command.run(
                "useradd", "--system", "--user-group", "--no-create-home", "--shell",
                "/usr/sbin/nologin", name)
        }
        guard add.exitCode == 0, let entry = getpwnam(name)?.pointee else {
            throw TestError.wrong("no user \(name): \(add.text)")
        }
        self.name = name
        uid = entry.pw_uid
        gid = entry.pw_gid
    }

    deinit {
        SystemAccount.turn.withLock { _ in
            // By force: a process of a test that failed may still be there.
            _ = try? Command.run("userdel", "--force", name)
            // As a rule it went with its user.
            _ = try? Command.run("groupdel", name)
        }
    }

    /// The settings to serve as this account.
    var environment: [String: String] { ["BLACKHOLE_USER": name, "BLACKHOLE_GROUP": name] }

    /// What stands before a command for this account to run it.
    var prefix: [String] {
        ["setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups"]
    }
}

/// A file's owner and permissions.
struct Ownership: Equatable, CustomStringConvertible {
    let uid: uid_t
    let permissions: mode_t

    init(_ uid: uid_t, _ permissions: mode_t) {
        self.uid = uid
        self.permissions = permissions
    }

    /// Those of what stands at a path, be it a symbolic link.
    init(of path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw TestError.system("lstat \(path)", errno) }
        self.init(status.st_uid, status.st_mode & 0o7777)
    }

    var description: String { "\(uid) 0\(String(permissions, radix: 8))" }
}
