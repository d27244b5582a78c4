import BlackholeTestSupport
import Foundation
import Testing

@Suite struct `The guide to the console` {
    /// What stands behind a prompt in the blocks of the guide, but for the server's own start.
    private func commands() throws -> [String] {
        let guide = try String(
            contentsOfFile: Paths.repository("docs/console.md"), encoding: .utf8)
        let lines = guide.split(separator: "\n").filter { $0.hasPrefix("$ ") }
        return lines.map { String($0.dropFirst(2)) }.filter { !$0.hasPrefix("blackhole ") }
    }

    @Test func `has commands that do what it says`() throws {
        let options = [
            "--host", "127.0.0.1", "--port", "0", "--ssl_port", "none", "--workers", "1",
        ]
        try RunningServer.run(options + ["--http", "127.0.0.1:0"]) { server throws in
            let console = try ConsoleOfServer(server)
            let folder = TemporaryDirectory()
            try folder.write("Subject: Hi\r\n\r\nHello\r\n", to: "README.md")
            try folder.write(
                "grey: rcpt grey=60s..2d -> 451 4.7.1 Greylisted\n", to: "receiver.rules")
            let script = try commands().joined(separator: "\necho\n")
                .replacing("http://127.0.0.1:8025", with: console.place[0])
                .replacing("127.0.0.1:2525", with: server.address)
            let output = try Command.shell("cd \(folder.path)\n\(script)\n")
            #expect(output.exitCode == 0, "\(output.text)")
            for part in [
                #""to":["you@example.org"]"#, #""answer":"452 4.2.2 Mailbox full""#,
                #""name":"grey""#,
            ] {
                #expect(output.output.contains(part), "\(output.text)")
            }
        }
    }
}
