import BlackholeTestSupport
import Foundation
import Testing

/// The server of these tests, in a process of its own.
private final class RunningServer {
    let clear: Int
    let secured: Int
    private let process = Process()
    private let input = Pipe()

    /// The program, built beside the test bundle.
    static var program: String {
        get throws {
            try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
                .split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
                + "/BlackholeHTTPServer"
        }
    }

    init() throws {
        let output = Pipe()
        process.executableURL = URL(filePath: try Self.program)
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let said = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let ports = said.split { $0.isWhitespace }.compactMap { Int($0) }
        clear = try #require(ports.first)
        secured = try #require(ports.last)
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

/// What a Python program of these tests says; it has found no fault.
private func run(_ program: String, _ arguments: String...) async throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let tool = try await Tool.run(
        ["/usr/bin/python3", folder.appending(path: "Clients/\(program)").path()] + arguments,
        seconds: 300)
    #expect(tool.code == 0, "\(tool.output)")
}

@Suite struct `Clients of HTTP that others have written` {
    @Test(arguments: 1...5)
    func `h11 reads each response to many requests by chance`(seed: Int) async throws {
        let server = try RunningServer()
        try await run("speak.py", "\(server.clear)", "\(seed)")
    }

    @Test(arguments: [
        ("/echo -d hello", "hello"), ("/echo -d hello -H Transfer-Encoding:chunked", "hello"),
        ("/echo -0 -d hello", "hello"), ("/none", ""), ("/later", "It is later now.\n"),
        ("/echo -T /etc/debian_version -H Expect:100-continue --expect100-timeout 20", nil),
        ("/stream", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
        ("/stream -0", "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
        ("/bytes?n=1000000 -w %{size_download} -o /dev/null", "1000000"),
        ("/text --compressed", String(repeating: "The same line again.\n", count: 1000)),
        ("/echo --request-target * -X OPTIONS", ""),
    ])
    func `curl gets what it asks for, in clear and by TLS`(
        request: String, answer: String?
    ) async throws {
        let server = try RunningServer()
        let expected = try answer ?? String(contentsOfFile: "/etc/debian_version", encoding: .utf8)
        let words = request.split(separator: " ").map(String.init)
        for url in ["http://127.0.0.1:\(server.clear)", "https://127.0.0.1:\(server.secured)"] {
            let tool = try await Tool.run(
                ["curl", "-sSkf", "--max-time", "20", url + words[0]] + words.dropFirst())
            #expect(tool.code == 0)
            #expect(tool.output == expected)
        }
    }

    @Test func `curl keeps a connection, HEAD among its requests`() async throws {
        let server = try RunningServer()
        let url = "http://127.0.0.1:\(server.clear)/echo"
        let tool = try await Tool.run(
            "curl", "-sSv", "-d", "one", url, "--next", "-I", url, "--next", "-sv", "-d", "two", url
        )
        #expect(tool.code == 0)
        #expect(tool.output.components(separatedBy: "Re-using existing connection").count == 3)
        #expect(tool.output.components(separatedBy: "Connected to").count == 2)
    }

    @Test func `curl is refused what is too large, and hears why`() async throws {
        let server = try RunningServer()
        for (scheme, port) in [("http", server.clear), ("https", server.secured)] {
            let tool = try await Tool.run(
                "sh", "-c",
                "head -c 20000000 /dev/zero 2>&- | curl -sk -T - -H Expect: -o /dev/null "
                    + "-w '%{http_code}' \(scheme)://127.0.0.1:\(port)/refused")
            #expect(tool.output == "413")
        }
    }
}

@Suite struct `A server of HTTP` {
    @Test(arguments: [
        "idle", "half-head", "half-body", "slow-lines", "long-line", "many-lines", "byte-by-byte",
        "great-post", "pipelines", "descriptors", "tls-hello",
    ])
    func `withstands a hostile peer`(scenario: String) async throws {
        try await run("hostile.py", RunningServer.program, scenario)
    }
}
