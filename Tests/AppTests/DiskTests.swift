import BlackholeTestSupport
import Foundation
import Testing

struct DiskTests {
    @Test func `a thousand messages touch no file`() throws {
        let folder = TemporaryDirectory()
        // -D: strace is the child, so that the program has the process number that we know.
        let strace = [
            "strace", "-D", "-f", "-s", "200", "-o", folder.file("calls"),
            "-e", "trace=%file,%desc", "-e", "trace=!epoll_wait,epoll_ctl,accept4,close,fcntl",
        ]
        try RunningServer.run(["--workers", "1", "--rates", "0"], tool: strace) { server in
            let client = try SMTPClient.greeted(server)
            for _ in 0..<1_000 { try client.mail() }
            try client.say("QUIT", expecting: 221)
            #expect(try server.stop().messages == 1_000)
        }
        let calls = folder.text(of: "calls").split(separator: "\n")
        let start = try #require(calls.lastIndex { $0.contains("listening on") })
        let stop = try #require(calls[start...].firstIndex { $0.contains("stopping") })
        let path = calls[(start + 1)..<stop].filter {
            $0.firstMatch(
                of:
                    /^\d+ +(open|openat|creat|write|writev|pwrite64|stat|newfstatat|lstat|fstat|statx|rename|unlink|mkdir|truncate|ftruncate|fsync)\(/
            ) != nil
        }
        #expect(path.isEmpty, "\(path.prefix(5))")
        #expect(calls[..<start].contains { $0.contains("openat(") }, "strace sees what is opened")
    }
}
