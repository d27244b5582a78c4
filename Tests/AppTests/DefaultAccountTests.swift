import BlackholeTestSupport
import Foundation
import Testing

/// Whom root serves as when nobody says it: on a machine that has the user `blackhole`, and on one
/// that has not.
///
/// A mount namespace gives the program a machine's users of the test's own.
@Suite(.enabled(if: mayMount, "only who may mount can show other users"))
struct DefaultAccountTests {
    private let folder = TemporaryDirectory()

    /// A daemon on a machine with this machine's users, but for `blackhole`, who is as it is told.
    ///
    /// The folder is mounted, not two files: those would be seen no more when somebody outside renames
    /// others over /etc/passwd and /etc/group, as useradd does for other tests.
    private func daemon(user: String, group: String) throws -> Daemon {
        // What other programs have there for a moment only may be gone before it is copied.
        _ = try Command.run("cp", "--archive", "/etc", folder.path)
        for (file, entry) in [("passwd", user), ("group", group)] {
            let lines = try String(contentsOfFile: "/etc/\(file)", encoding: .utf8)
                .split(separator: "\n").filter { !$0.hasPrefix("blackhole:") }
            let text = (lines + [Substring(entry)]).joined(separator: "\n") + "\n"
            try folder.write(text, to: "etc/\(file)")
        }
        let script = """
            mount --bind \(folder.path)/etc /etc
            exec env --unset BLACKHOLE_USER --unset BLACKHOLE_GROUP "$@"
            """
        return Daemon(
            program: ["unshare", "--mount", "bash", "-ec", script, "bash", Paths.program])
    }

    private func ids(_ daemon: Daemon) throws -> [String] {
        let facts = daemon.facts
        return try ["Uid", "Gid"].compactMap { try facts.status($0, of: facts.id).first }
    }

    @Test func `the user blackhole serves`() throws {
        let daemon = try daemon(
            user: "blackhole:x:64123:64124::/:/bin/false", group: "blackhole:x:64124:")
        let start = try daemon.expectSuccess("start", "--workers", "1")
        #expect(start.text.isEmpty)
        #expect(try ids(daemon) == ["64123", "64124"])
        #expect(!daemon.log.contains("warning"))
        try daemon.expectSuccess("stop")
    }

    @Test func `without that user it is nobody, and a warning`() throws {
        let daemon = try daemon(user: "", group: "")
        let start = try daemon.expectSuccess("start", "--workers", "1")
        let nobody = try #require(getpwnam("nobody")?.pointee)
        #expect(try ids(daemon) == ["\(nobody.pw_uid)", "\(nobody.pw_gid)"])
        let text = "warning: there is no user blackhole: serving as nobody, whom others use too"
        #expect(start.complaints.count == 1)
        #expect(start.complaints.first?.hasPrefix("blackhole: \(text)") == true)
        #expect(daemon.log.contains("warning blackhole: there is no user blackhole: "))
        try daemon.expectSuccess("stop")
    }
}

private let mayMount =
    geteuid() == 0 && (try? Command.run("unshare", "--mount", "true"))?.exitCode == 0
