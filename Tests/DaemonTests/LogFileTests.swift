import BlackholeDaemon
import BlackholeTestSupport
import Glibc
import Testing

@Suite struct `A log file` {
    @Test func `takes lines, one after another`() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("log")
        let mask = umask(0)
        let log = try LogFile(path, for: .current)
        umask(mask)
        log.write("one")
        log.write("two – zwei")
        #expect(contents(of: path) == "one\ntwo – zwei\n")
        #expect(status(of: path).st_mode & 0o777 == 0o640)
        let again = try LogFile(path, for: .current)
        again.write("three")
        log.write("four")
        #expect(contents(of: path) == "one\ntwo – zwei\nthree\nfour\n")
    }

    @Test func `keeps the mode of a file that is there`() throws {
        let directory = TemporaryDirectory()
        write("old\n", to: directory.file("log"))
        chmod(directory.file("log"), 0o604)
        try LogFile(directory.file("log"), for: .current).write("new")
        #expect(contents(of: directory.file("log")) == "old\nnew\n")
        #expect(status(of: directory.file("log")).st_mode & 0o777 == 0o604)
    }

    @Test func `goes on in a new file when it is reopened`() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("log")
        let log = try LogFile(path, for: .current)
        log.write("one")
        rename(path, path + ".1")
        log.write("two")
        try log.reopen()
        log.write("three")
        #expect(contents(of: path + ".1") == "one\ntwo\n")
        #expect(contents(of: path) == "three\n")
    }

    @Test func `stays with the old file when the new one is no good`() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("log")
        let log = try LogFile(path, for: .current)
        rename(path, path + ".1")
        symlink(directory.file("victim"), path)
        let error = #expect(throws: StartError.self) { try log.reopen() }
        #expect(error?.description.contains("--log") == true)
        log.write("one")
        #expect(contents(of: path + ".1") == "one\n")
        #expect(!directory.names.contains("victim"))
    }

    @Test(arguments: [Plant.symlink, .dangling, .hardLink, .directory, .pipe, .socket])
    func `refuses what somebody planted`(plant: Plant) {
        let directory = TemporaryDirectory()
        write("victim", to: directory.file("victim"))
        plant.lay(at: directory.file("log"), victim: directory.file("victim"))
        let error = #expect(throws: StartError.self) {
            _ = try LogFile(directory.file("log"), for: .current)
        }
        #expect(error?.exitCode == EX_CONFIG)
        #expect(error?.description.contains(plant.fault) == true, "\(error?.description ?? "")")
        #expect(contents(of: directory.file("victim")) == "victim")
        #expect(status(of: directory.file("victim")).st_size == 6)
    }

    @Test(arguments: ["/dev/null", "/dev/full", "-", "/dev/stderr", "/dev/stdout"])
    func `may be a device or a standard stream`(path: String) throws {
        let log = try LogFile(path, for: .current)
        try log.give(to: .current)
        try log.reopen()
        if path == "/dev/full" { log.write("lost") }
    }

    @Test func `never waits for a reader, and tells what was lost`() throws {
        var ends: [Int32] = [-1, -1]
        pipe(&ends)
        let log = try LogFile(stream: ends[1])
        let line = String(repeating: "x", count: 999)
        for _ in 0..<1000 { log.write(line) }
        var kept = 0
        var lost = 0
        // Room for a line comes when the reader has read.
        for round in 0..<20 {
            let lines = contents(of: ends[0]).split(separator: "\n")
            for text in lines where text == line { kept += 1 }
            for text in lines where text.hasSuffix(" lines lost") {
                lost += Int(text.prefix { $0.isNumber }) ?? 0
            }
            if round < 19 { log.write("end") }
            if lines.last == "end" { break }
        }
        #expect(kept >= 16)
        #expect(kept + lost == 1000)
        close(ends[0])
        close(ends[1])
    }

    @Test func `outlives its reader`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            var ends: [Int32] = [-1, -1]
            pipe(&ends)
            let log = try LogFile(stream: ends[1])
            close(ends[0])
            log.write("nobody")
        }
    }

    @Test func `ends a line that a full disk cut short`() async {
        await #expect(processExitsWith: .success) {
            let directory = TemporaryDirectory()
            let log = try LogFile(directory.file("log"), for: .current)
            signal(SIGXFSZ, SIG_IGN)
            let kind = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
            var limit = rlimit()
            getrlimit(kind, &limit)
            let full = limit.rlim_max
            limit.rlim_cur = 8
            setrlimit(kind, &limit)
            log.write("one")
            log.write("two and three")
            log.write("four")
            limit.rlim_cur = full
            setrlimit(kind, &limit)
            log.write("five")
            log.write("six")
            #expect(
                contents(of: directory.file("log")) == "one\ntwo \n2 lines lost\nfive\nsix\n")
        }
    }

    @Test func `cuts a line that is too long`() throws {
        let directory = TemporaryDirectory()
        let log = try LogFile(directory.file("log"), for: .current)
        log.write(String(repeating: "x", count: 10_000))
        #expect(contents(of: directory.file("log"))?.utf8.count == 4096)
        #expect(contents(of: directory.file("log"))?.last == "\n")
    }

    @Test func `keeps the lines of several threads apart`() throws {
        let directory = TemporaryDirectory()
        let log = try LogFile(directory.file("log"), for: .current)
        let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
            guard let argument = $0 else { return nil }
            let log = Unmanaged<LogFile>.fromOpaque(argument).takeUnretainedValue()
            for _ in 0..<200 { log.write("a line") }
            return nil
        }
        let threads = (0..<4).map { _ in
            var thread = pthread_t()
            pthread_create(&thread, nil, body, Unmanaged.passUnretained(log).toOpaque())
            return thread
        }
        for _ in 0..<50 { try log.reopen() }
        for thread in threads { pthread_join(thread, nil) }
        let lines = (contents(of: directory.file("log")) ?? "").split(separator: "\n")
        #expect(lines.count == 800)
        #expect(lines.allSatisfy { $0 == "a line" })
    }

    @Test(arguments: [
        ("plain text", "plain text"), ("", ""), ("grüße, 世界 🙂", "grüße, 世界 🙂"),
        ("a\r\nb", #"a\x0D\x0Ab"#), ("\u{1B}[2J", #"\x1B[2J"#), ("\0\u{7F}", #"\x00\x7F"#),
        (#"\x0A"#, #"\\x0A"#), ("\u{85}\u{9B}1m", #"\u{85}\u{9B}1m"#),
        ("a\u{2028}b\u{2029}", #"a\u{2028}b\u{2029}"#), ("\u{202E}evil", #"\u{202E}evil"#),
        ("\u{FEFF}", #"\u{FEFF}"#), ("tab\t", #"tab\x09"#), ("e\u{301}", "e\u{301}"),
        ("\u{10FFFF}", #"\u{10FFFF}"#),
    ])
    func `escapes what is not printed`(text: String, escaped: String) {
        #expect(Array(LogFile.escaped(text).utf8) == Array(escaped.utf8))
    }
}

@Suite(.enabled(if: isRoot, "these change the user, which only root may"))
struct `A log file and privileges` {
    @Test func `another user's file is refused, the account's is not`() throws {
        let directory = TemporaryDirectory()
        let (account, _) = try Account.resolve(user: "65534", group: "65534")
        write("", to: directory.file("log"))
        chown(directory.file("log"), 12345, 12345)
        let error = #expect(throws: StartError.self) {
            _ = try LogFile(directory.file("log"), for: account)
        }
        #expect(error?.description.contains("belongs to another user (id 12345)") == true)
        chown(directory.file("log"), account.uid, account.gid)
        try LogFile(directory.file("log"), for: account).write("one")
        #expect(contents(of: directory.file("log")) == "one\n")
    }

    @Test func `it is given to the account, who can open it again`() async {
        await #expect(processExitsWith: .success) {
            let directory = TemporaryDirectory()
            chmod(directory.path, 0o1777)
            let path = directory.file("log")
            let (account, _) = try Account.resolve(user: "65534", group: "65534")
            let log = try LogFile(path, for: account)
            try log.give(to: account)
            #expect(status(of: path).st_uid == account.uid)
            let service = Fork {
                try account.assume()
                try log.reopen()
                log.write("one")
                rename(path, path + ".1")
                try log.reopen()
                log.write("two")
                return 0
            }
            #expect(service.wait() == 0)
            #expect(contents(of: path + ".1") == "one\n")
            #expect(contents(of: path) == "two\n")
        }
    }

    @Test func `a device is given to nobody`() async {
        await #expect(processExitsWith: .success) {
            let (account, _) = try Account.resolve(user: "65534", group: "65534")
            try LogFile("/dev/null", for: account).give(to: account)
            #expect(status(of: "/dev/null").st_uid == 0)
        }
    }
}
