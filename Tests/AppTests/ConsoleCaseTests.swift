import BlackholeConsole
import BlackholeTestSupport
import Foundation
import Testing

@Suite struct `Cases that broke other consoles, in the program` {
    private static let cases = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../ConsoleTests/Cases").standardizedFileURL
    private static let names =
        ((try? FileManager.default.contentsOfDirectory(atPath: cases.path)) ?? [])
        .filter { $0.hasPrefix("b-") }.sorted()

    @Test func `has all cases that broke other consoles`() { #expect(Self.names.count == 26) }

    @Test(arguments: names) func `does well where other consoles failed`(name: String) throws {
        let path = Self.cases.appending(path: name)
        let script = try JSON(reading: Array(try Data(contentsOf: path)))
        let settings = script["server"] ?? [:]
        let folder = TemporaryDirectory()
        var options: [String] = []
        if let keep = settings["keep"]?.integer { options += ["--keep", "\(keep)"] }
        if let limit = settings["size_limit"]?.integer {
            options += ["--message_size_limit", "\(limit)"]
        }
        if settings["http_read_only"]?.bool == true { options += ["--http_read_only"] }
        if let origin = settings["origin"]?.string { options += ["--http_origin", origin] }
        if let user = settings["user"]?.string, let password = settings["password"]?.string {
            let file = try folder.write(password, to: "password")
            options += ["--http_user", user, "--http_password_file", file]
        }
        let zone = settings["env"]?["TZ"]?.string
        try RunningServer.run(
            `The console of the program`.options + options,
            environment: zone.map { ["TZ": $0] } ?? [:]
        ) { server in
            let console = try ConsoleOfServer(server)
            let port = console.place[0].split(separator: ":").last.map(String.init) ?? ""
            let played = try Command.python(
                "console_cases.py", "\(server.port)", port, "\(server.process.id)", path.path)
            #expect(played.exitCode == 0, "\(played.text)")
        }
    }
}
