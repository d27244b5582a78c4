import BlackholeTestSupport
import Glibc
import Testing

/// `blackhole fuzz-replies`.
struct FuzzRepliesTests {
    private static let dialogue =
        "EHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nRSET\r\nNOOP\r\nQUIT\r\n"

    /// What is heard in some sessions, and what the log says of them.
    private func run(_ options: [String], sessions: Int) throws -> (heard: [String], log: [String])
    {
        var heard: [String] = []
        var log: [String] = []
        let all = ["--workers", "1", "--idle-timeout", "1"] + options
        try RunningServer.run(all, command: "fuzz-replies") { server in
            for _ in 0..<sessions {
                let client = try SMTPClient(at: server.address)
                // The server may have closed or reset already.
                try? client.send(Self.dialogue)
                heard.append((try? client.rest()) ?? "reset")
            }
            let isTold = eventually {
                server.logCount(": reply ") + server.logCount(": ended ") == sessions
            }
            #expect(isTold)
            log = server.log.split(separator: "\n").compactMap { line in
                guard let match = line.firstMatch(of: /session (\d+): (.+)/) else {
                    return nil
                }
                return "\(match.1) \(match.2)"
            }
        }
        return (heard, log)
    }

    @Test func `a seed and a session's number say what goes wrong`() throws {
        let first = try run(["--seed", "42"], sessions: 12)
        #expect(first.log.map { $0.prefix { $0 != " " } } == (1...12).map { "\($0)" })
        let again = try run(["--seed", "42", "--first", "5"], sessions: 4)
        #expect(again.log == Array(first.log[4..<8]))
        #expect(again.heard == Array(first.heard[4..<8]))
    }

    @Test func `what may go wrong is explained`() throws {
        let command = try Command.run(Paths.program, "fuzz-replies", "--help")
        #expect(command.exitCode == 0)
        let words = command.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(words.contains("mixed codes, wrong enhanced code, separator"))
        #expect(command.output.contains("--seed 42 --first 17"))
    }
}
