import BlackholeDaemon
import Glibc
import Testing

@Suite(.enabled(if: isRoot, "these change the user, which only root may"))
struct `An account` {
    @Test(
        arguments: [
            ("65534", "65534", 65534, 65534), ("12345", "54321", 12345, 54321),
            ("daemon", "sys", 1, 3), ("daemon", "65534", 1, 65534),
        ] as [(String, String, uid_t, gid_t)])
    func `is found by name or number`(user: String, group: String, uid: uid_t, gid: gid_t) throws {
        let (account, warnings) = try Account.resolve(user: user, group: group)
        #expect(account.uid == uid)
        #expect(account.gid == gid)
        #expect(warnings == [])
    }

    @Test(arguments: ["nosuchuser", "", "-1", "+5", "4294967295", "99999999999", "a\u{1B}b", " 1"])
    func `that is none is refused`(name: String) {
        let user = #expect(throws: StartError.self) {
            _ = try Account.resolve(user: name, group: "daemon")
        }
        let group = #expect(throws: StartError.self) {
            _ = try Account.resolve(user: "daemon", group: name)
        }
        for error in [user, group] {
            #expect(error?.exitCode == EX_CONFIG)
            #expect(error?.description.contains(LogFile.escaped(name)) == true)
        }
    }

    @Test func `has defaults`() throws {
        let hasUser = getpwnam("blackhole") != nil
        let hasGroup = getgrnam("blackhole") != nil
        let (account, warnings) = try Account.resolve(user: nil, group: nil)
        #expect(account.user == (hasUser ? "blackhole" : "nobody"))
        #expect(warnings.isEmpty == hasUser)
        #expect(
            hasGroup
                ? account.group == "blackhole"
                : account.gid == getpwnam(account.user).pointee.pw_gid)
    }

    @Test func `without a group of its own needs one named`() throws {
        guard getgrnam("blackhole") == nil else { return }
        let error = #expect(throws: StartError.self) {
            _ = try Account.resolve(user: "12345", group: nil)
        }
        #expect(error?.description.contains("--group") == true)
    }

    @Test(arguments: [("root", "daemon"), ("0", "0"), ("daemon", "root")])
    func `with root's rights is warned of`(user: String, group: String) throws {
        let (_, warnings) = try Account.resolve(user: user, group: group)
        #expect(warnings.count == 1)
        #expect(warnings.first?.lowercased().contains("root") == true)
    }

    @Test func `is assumed for good`() async {
        await #expect(processExitsWith: .success) {
            var groups: [gid_t] = [0, 4, 27]
            setgroups(groups.count, &groups)
            let (account, _) = try Account.resolve(user: "65534", group: "65533")
            try account.assume()
            #expect(processStatus("Uid") == "65534 65534 65534 65534")
            #expect(processStatus("Gid") == "65533 65533 65533 65533")
            #expect(processStatus("Groups") == "65533")
            #expect(processStatus("NoNewPrivs") == "1")
            #expect(processStatus("CapEff") == "0000000000000000")
            #expect(processStatus("CapPrm") == "0000000000000000")
            #expect(setuid(0) != 0)
            #expect(Account.current == account)
            // A process that may not be dumped belongs to root.
            #expect(status(of: "/proc/self/fd").st_uid == 0)
        }
    }

    @Test func `of root keeps root's rights and gives up its groups`() async {
        await #expect(processExitsWith: .success) {
            var groups: [gid_t] = [4, 27]
            setgroups(groups.count, &groups)
            try Account.resolve(user: "root", group: "root").account.assume()
            #expect(processStatus("Uid") == "0 0 0 0")
            #expect(processStatus("Groups") == "0")
            #expect(processStatus("NoNewPrivs") == "1")
        }
    }

    @Test func `is the only one of a process that is not root's`() async {
        await #expect(processExitsWith: .success) {
            setgid(nobody)
            setuid(nobody)
            for (user, group) in [(nil, nil), ("65534", nil), (nil, "65534"), ("65534", "65534")] {
                let (account, warnings) = try Account.resolve(user: user, group: group)
                #expect(account == Account.current)
                #expect(warnings == [])
                try account.assume()
            }
            for (user, group) in [("root", nil), (nil, "root"), ("0", "65534"), ("daemon", nil)] {
                let error = #expect(throws: StartError.self) {
                    _ = try Account.resolve(user: user, group: group)
                }
                #expect(error?.exitCode == EX_NOPERM)
                #expect(error?.description.contains("root") == true)
            }
        }
    }

    @Test func `that cannot be assumed is an error`() async {
        await #expect(processExitsWith: .success) {
            let (account, _) = try Account.resolve(user: "12345", group: "12345")
            setgid(nobody)
            setuid(nobody)
            let error = #expect(throws: StartError.self) { try account.assume() }
            #expect(error?.exitCode == EX_NOPERM)
        }
    }
}
