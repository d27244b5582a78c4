import BlackholeDaemon
import BlackholeTestSupport
import Glibc
import Testing

@Suite struct `A pid file` {
    @Test func `holds the process's number until it is released`() async {
        await #expect(processExitsWith: .success) {
            let directory = TemporaryDirectory()
            let path = directory.file("pid")
            umask(0o077)
            let file = try PidFile.take(path)
            #expect(file.replacedStale == nil)
            #expect(contents(of: path) == "\(getpid())\n")
            #expect(status(of: path).st_mode & 0o777 == 0o644)
            file.release()
            #expect(directory.names == [])
        }
    }

    @Test func `tells who runs, and who ran when it was killed`() async {
        await #expect(processExitsWith: .success) {
            let directory = TemporaryDirectory()
            let path = directory.file("pid")
            try #expect(PidFile.state(of: path) == .absent)
            let service = holder(of: path)
            try #expect(PidFile.state(of: path) == .running(service.id))
            let second = #expect(throws: StartError.self) { _ = try PidFile.take(path) }
            #expect(second?.exitCode == EX_UNAVAILABLE)
            let words = "already running as process \(service.id): stop it first"
            #expect(second?.description.hasPrefix(words) == true)
            let removal = #expect(throws: StartError.self) { try PidFile.removeLeftover(path) }
            #expect(removal == second)
            service.end()
            try #expect(PidFile.state(of: path) == .stale(service.id))
            let file = try PidFile.take(path)
            #expect(file.replacedStale == service.id)
            file.release()
        }
    }

    @Test func `believes the lock and not the text`() async {
        await #expect(processExitsWith: .success) {
            let directory = TemporaryDirectory()
            let path = directory.file("pid")
            let service = holder(of: path)
            write("1\n", to: path)
            try #expect(PidFile.state(of: path) == .running(service.id))
            service.end()
            try #expect(PidFile.state(of: path) == .stale(1))
        }
    }

    @Test func `is not held up by one who locks it for reading, but told`() async {
        await #expect(processExitsWith: .success) {
            let directory = TemporaryDirectory()
            let path = directory.file("pid")
            write("77\n", to: path)
            let ready = Gate()
            let reader = Fork {
                let descriptor = open(path, O_RDONLY)
                var lock = flock()
                lock.l_type = Int16(F_RDLCK)
                guard fcntl(descriptor, F_SETLK, &lock) == 0 else { return 1 }
                ready.open()
                pause()
                return 0
            }
            ready.wait()
            try #expect(PidFile.state(of: path) == .stale(77))
            let error = #expect(throws: StartError.self) { _ = try PidFile.take(path) }
            #expect(error?.description.contains("is locked by process \(reader.id)") == true)
            reader.end()
        }
    }

    @Test func `belongs to one process, however many want it at once`() async {
        await #expect(processExitsWith: .success) {
            let directory = TemporaryDirectory()
            let path = directory.file("pid")
            let start = Gate()
            let racers = (0..<8).map { _ in
                Fork {
                    start.wait()
                    var wins: Int32 = 0
                    while wins < 100 {
                        guard let file = try? PidFile.take(path) else { continue }
                        // Two at once would meet here.
                        guard mkdir(path + ".held", 0o700) == 0, rmdir(path + ".held") == 0
                        else { return 1 }
                        file.release()
                        wins += 1
                    }
                    return 0
                }
            }
            start.open(for: racers.count)
            for racer in racers { #expect(racer.wait() == 0) }
            #expect(directory.names == [])
        }
    }

    @Test(arguments: Plant.allCases)
    func `refuses what somebody planted`(plant: Plant) {
        let directory = TemporaryDirectory()
        let path = directory.file("pid")
        write("victim", to: directory.file("victim"))
        plant.lay(at: path, victim: directory.file("victim"))
        let before = status(of: path)
        let error = #expect(throws: StartError.self) { _ = try PidFile.take(path) }
        #expect(error?.exitCode == EX_CONFIG)
        #expect(error?.description.contains(plant.fault) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("--pid") == true)
        #expect(contents(of: directory.file("victim")) == "victim")
        #expect(status(of: path).st_ino == before.st_ino)
        #expect(throws: StartError.self) { try PidFile.removeLeftover(path) }
        #expect(status(of: path).st_ino == before.st_ino)
    }

    @Test(
        arguments: [
            ("", nil), ("12\n", 12), (" 12 \r\n", 12), ("12", 12), ("0\n", nil), ("-1\n", nil),
            ("99999999999\n", nil), ("\0\0\0\0", nil), ("12 13", nil), ("no number", nil),
            (String(repeating: "9", count: 5000), nil),
        ] as [(String, pid_t?)])
    func `may hold anything when it is looked at`(text: String, process: pid_t?) throws {
        let directory = TemporaryDirectory()
        write(text, to: directory.file("pid"))
        let expected = text.isEmpty ? PidFile.State.empty : .stale(process)
        try #expect(PidFile.state(of: directory.file("pid")) == expected)
    }

    @Test(arguments: ["", "12\n", "\0\0\0\0"])
    func `that is left over is removed`(text: String) throws {
        let directory = TemporaryDirectory()
        write(text, to: directory.file("pid"))
        try PidFile.removeLeftover(directory.file("pid"))
        try PidFile.removeLeftover(directory.file("pid"))
        #expect(directory.names == [])
    }

    @Test(arguments: ["symlink", "directory", "pipe"])
    func `is looked for in a regular file only`(plant: String) throws {
        let directory = TemporaryDirectory()
        let plant = try #require(Plant(rawValue: plant))
        plant.lay(at: directory.file("pid"), victim: directory.file("victim"))
        #expect(throws: StartError.self) { _ = try PidFile.state(of: directory.file("pid")) }
    }

    @Test(arguments: [
        ("no/pid", "make its directory"), ("a\0b", "no name"), ("no\u{1B}/p", #"\x1B"#),
    ])
    func `needs a place`(name: String, advice: String) {
        let directory = TemporaryDirectory()
        let error = #expect(throws: StartError.self) { _ = try PidFile.take(directory.file(name)) }
        #expect(error?.exitCode == EX_CONFIG)
        #expect(error?.description.contains(advice) == true)
        #expect(error?.description.utf8.allSatisfy { $0 >= 0x20 } == true)
    }
}

@Suite(.enabled(if: isRoot, "these change the user, which only root may"))
struct `A pid file and privileges` {
    @Test func `another user's file is refused`() {
        let directory = TemporaryDirectory()
        write("1\n", to: directory.file("pid"))
        chown(directory.file("pid"), nobody, nobody)
        let error = #expect(throws: StartError.self) { _ = try PidFile.take(directory.file("pid")) }
        #expect(error?.description.contains("belongs to another user (id 65534)") == true)
        #expect(contents(of: directory.file("pid")) == "1\n")
    }

    @Test(arguments: [true, false])
    func `without permission it is refused`(exists: Bool) async {
        await #expect(processExitsWith: .success) { [exists] in
            let directory = TemporaryDirectory()
            chmod(directory.path, 0o755)
            let path = directory.file("pid")
            if exists { write("", to: path) }
            let other = Fork {
                setuid(nobody)
                do throws(StartError) {
                    _ = try PidFile.take(path)
                    return 0
                } catch {
                    return error.exitCode
                }
            }
            #expect(other.wait() == EX_NOPERM)
        }
    }

    @Test func `it is emptied where it cannot be removed any more`() async {
        await #expect(processExitsWith: .success) {
            let directory = TemporaryDirectory()
            chmod(directory.path, 0o755)
            let path = directory.file("pid")
            let service = Fork {
                let file = try PidFile.take(path)
                guard setuid(nobody) == 0 else { return 1 }
                file.release()
                return 0
            }
            #expect(service.wait() == 0)
            try #expect(PidFile.state(of: path) == .empty)
            let file = try PidFile.take(path)
            #expect(file.replacedStale == nil)
            file.release()
        }
    }
}

/// What may stand where our file is to be.
enum Plant: String, CaseIterable, Sendable {
    case symlink, dangling, hardLink, directory, pipe, socket, text

    func lay(at path: String, victim: String) {
        switch self {
        case .symlink: Glibc.symlink(victim, path)
        case .dangling: Glibc.symlink(victim + ".none", path)
        case .hardLink: link(victim, path)
        case .directory: mkdir(path, 0o755)
        case .pipe: mkfifo(path, 0o644)
        case .socket: mknod(path, S_IFSOCK | 0o644, 0)
        case .text: write("precious", to: path)
        }
    }

    var fault: String {
        switch self {
        case .symlink, .dangling: "is a symbolic link"
        case .hardLink: "hard link"
        case .directory: "is a directory"
        case .pipe: "is a named pipe"
        case .socket: "is a socket"
        case .text: "something else than a process's number"
        }
    }
}

/// A process that has taken a pid file, and holds it until it is ended.
private func holder(of path: String) -> Fork {
    let ready = Gate()
    let service = Fork {
        let file = try PidFile.take(path)
        ready.open()
        pause()
        file.release()
        return 0
    }
    ready.wait()
    return service
}
