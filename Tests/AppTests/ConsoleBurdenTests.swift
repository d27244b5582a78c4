import BlackholeConsole
import BlackholeTestSupport
import Foundation
import Testing

/// What the console bears through the whole program: bounds of memory, odd messages, a ring that is full.
///
/// `BURDEN=full` keeps 64 MiB and has 10,000 peers at once; ordinarily it is a quarter and a tenth.
@Suite(.serialized) struct `The console under burden` {
    static let isFull = ProcessInfo.processInfo.environment["BURDEN"] == "full"
    static let keepBytes = (isFull ? 64 : 16) << 20
    /// A quarter of what may be kept by default: entries, events and sessions, whose limits are others.
    static let allowance = 16 << 10

    static let options = [
        "--host", "127.0.0.1", "--port", "0", "--ssl_port", "none", "--workers", "1", "--http",
        "127.0.0.1:0",
    ]

    /// The most memory that the program ever had, in kilobytes, when the body is over.
    private func peak(
        _ options: [String], _ body: (RunningServer, ConsoleOfServer) throws -> Void
    ) throws -> Int {
        var peak = 0
        try RunningServer.run(Self.options + options) { server in
            let console = try ConsoleOfServer(server)
            try body(server, console)
            peak = try server.facts.peakKilobytes
        }
        return peak
    }

    /// By how much keeping messages raises the peak, in kilobytes.
    private func growth(_ body: (RunningServer, ConsoleOfServer) throws -> Void) throws -> Int {
        let kept = try peak(["--keep", "100000", "--keep_bytes", "\(Self.keepBytes)"], body)
        return try kept - peak(["--keep", "0"], body)
    }

    private static let bound = (keepBytes >> 10 + allowance) * ProcessFacts.memoryFactor

    @Test(arguments: [1_000, 30_000, 300_000])
    func `messages take no more memory than may be kept, and a quarter`(size: Int) throws {
        let content =
            "Subject: x\r\n\r\n"
            + String(repeating: String(repeating: "x", count: 98) + "\r\n", count: size / 100)
        let count = 6 * Self.keepBytes / content.utf8.count
        let grown = try growth { server, _ in
            let client = try SMTPClient.greeted(server)
            for _ in 0..<min(count, 40_000) { try client.mail(content) }
        }
        #expect(grown > 0 && grown <= Self.bound, "\(grown) KB of \(Self.bound)")
    }

    @Test func `peers that never end their messages take no more memory than may be kept`() throws {
        let peers = Self.isFull ? 10_000 : 1000
        // Four times as much as there may be.
        let piece = String(
            repeating: String(repeating: "x", count: 98) + "\r\n",
            count: 4 * Self.keepBytes / peers / 100)
        let grown = try growth { server, _ in
            var clients: [SMTPClient] = []
            for _ in 0..<peers { clients.append(try SMTPClient.greeted(server)) }
            for client in clients { try client.beginMessage() }
            for client in clients { try client.send(piece) }
            // Those that speak now have been read, since a connection is read in order.
            for client in clients { try client.say("\r\n.", expecting: 250) }
        }
        #expect(grown > 0 && grown <= Self.bound, "\(grown) KB of \(Self.bound)")
    }

    @Test(arguments: OddMessage.allCases)
    func `an odd message is listed, shown, downloaded and deleted`(odd: OddMessage) throws {
        let options = ["--keep_bytes", "\(odd == .huge ? 512 : 64)M"]
        try RunningServer.run(Self.options + options) { server in
            let console = try ConsoleOfServer(server)
            let client = try SMTPClient.greeted(server)
            let content = odd.content
            try client.beginMessage()
            try client.send(content)
            try client.say(".", expecting: 250)
            var listed: JSON?
            #expect(
                try eventually {
                    listed = try console.json("/api/v1/messages").list("messages").first
                    return listed != nil
                })
            let id = try #require(listed?["ID"]?.string)
            #expect(listed?["Size"] == .integer(content.count))
            let shown = try console.json("/api/v1/message/\(id)")
            #expect(shown.list("Attachments").count == odd.attachments)
            let folder = TemporaryDirectory()
            let raw = try console.ask("/api/v1/message/\(id)/raw?dl=1", "-o", folder.file("raw"))
            #expect(raw.status == 200)
            #expect(try Data(contentsOf: URL(filePath: folder.file("raw"))) == Data(content))
            for path in ["/view/\(id).html", "/api/v1/message/\(id)/part/1"] {
                let answer = try console.ask(path, "-i", "-o", folder.file("part"))
                #expect([200, 404].contains(answer.status))
                let head = folder.text(of: "part").components(separatedBy: "\r\n\r\n")[0]
                #expect(
                    answer.status == 404
                        || head.contains("content-security-policy: sandbox; default-src 'none'"))
                #expect(!head.contains("injected"))
            }
            #expect(
                try console.ask("/api/v1/messages", "-X", "DELETE", "-d", "{\"IDs\":[\"\(id)\"]}")
                    .status == 200)
            #expect(try console.ask("/api/v1/message/\(id)").status == 404)
            try client.mail()
        }
    }

    @Test func `a ring that is full drops, counts and says so, and the server goes on`() throws {
        let mail = "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nBDAT 1 LAST\r\nx"
        let count = 5000
        try RunningServer.run(Self.options) { server in
            let console = try ConsoleOfServer(server)
            let client = try SMTPClient.greeted(server)
            var sent = 0
            var cursor = ""
            // The console takes reports ten times a second while it is quiet: more come than there is
            // room for, unless it happens to look just then.
            let isDropped = try eventually {
                usleep(300_000)
                cursor = try console.json("/api/cursor")["cursor"]?.string ?? ""
                sent +=
                    try client.exchange(
                        Array(String(repeating: mail, count: count).utf8), untilReplies: 3 * count)
                    / 3
                return try metric("blackhole_console_dropped_events_total", console) > 0
            }
            #expect(isDropped)
            let wait = try console.ask("/api/wait?to=nobody@d.example&timeout=1s&after=\(cursor)")
            #expect(wait.status == 503 && wait.body.contains("events were dropped"))
            let events = try Command.run([
                "curl", "-sSN", "--max-time", "2", console.place[0] + "/api/events?after=\(cursor)",
            ])
            #expect(events.output.contains("\"reason\":\"dropped\""))
            #expect(
                try metric("blackhole_messages_total{outcome=\"accepted\"}", console)
                    == Double(sent))
            try SMTPClient.mailOnce(server)
            #expect(try server.stop().messages == sent + 1)
        }
    }

    private func metric(_ name: String, _ console: ConsoleOfServer) throws -> Double {
        let lines = try console.ask("/metrics").body.split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix(name + " ") })
        return try #require(Double(line.split(separator: " ").last ?? ""))
    }
}
