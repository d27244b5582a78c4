import BlackholeInbox
import BlackholeTestSupport
import Foundation
import Testing

/// What Python's `email` reads of a corpus, and where it differs for a reason: `Agreement/differences.txt`.
@Suite struct `The reader of messages` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Agreement")

    @Test func `agrees with Python but for what is listed`() async throws {
        let temporary = TemporaryDirectory()
        let script = Self.folder.appending(path: "read.py").path()
        let tool = try await Tool.run("/usr/bin/python3", "-I", "-B", script, temporary.path)
        try #require(tool.code == 0, "\(tool.output)")
        let json = try Data(contentsOf: URL(filePath: temporary.file("read.json")))
        let read = try #require(JSONSerialization.jsonObject(with: json) as? [[String: Any]])
        var listed = try Self.listed()
        var compared = 0
        for entry in read {
            let name = try #require(entry["name"] as? String)
            let theirs = try #require(entry["read"] as? [String: Any])
            let file = try temporary.file(#require(entry["file"] as? String))
            let ours = Self.values(MIMEMessage(try Array(Data(contentsOf: URL(filePath: file)))))
            compared += theirs["all"] == nil ? 1 : 0
            var expected = listed.removeValue(forKey: name) ?? []
            let isOtherTree = try Self.text(ours["parts"]) != Self.text(theirs["parts"])
            for key in Set(ours.keys).union(theirs.keys).sorted() {
                // Where the parts are others, so is all that they hold.
                guard !isOtherTree || key.first?.isNumber != true else { continue }
                let (our, their) = (try Self.text(ours[key]), try Self.text(theirs[key]))
                guard our != their, !Self.isBeginning(key, theirs, ours) else { continue }
                if expected.remove(key) == nil {
                    Issue.record("\(name): \(key): Python reads \(their), and we \(our)")
                }
            }
            #expect(expected.isEmpty, "\(name) is listed and does not differ")
        }
        #expect(compared >= 300)
        // A package that is not installed has its messages listed all the same.
        #expect(listed.keys.allSatisfy { $0.hasPrefix("package/") }, "\(listed.keys)")
    }

    @Test func `differs only where a standard says so`() throws {
        let groups = try String(
            contentsOf: Self.folder.appending(path: "differences.txt"), encoding: .utf8
        ).split(separator: "\n\n").dropFirst()
        #expect(!groups.isEmpty)
        for group in groups {
            let source = #/\A(RFC \d+|(Encoding|HTML) Standard) §[\d.]+: “[^”]+”/#
            #expect(group.prefixMatch(of: source) != nil, "\(group)")
        }
    }

    /// The keys of each message that are listed.
    private static func listed() throws -> [String: Set<String>] {
        let text = try String(
            contentsOf: folder.appending(path: "differences.txt"), encoding: .utf8)
        var listed: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("  ") {
            let parts = line.dropFirst(2).split(separator: ": ", maxSplits: 1).map(String.init)
            for key in parts[1].components(separatedBy: ", ") {
                #expect(listed[parts[0], default: []].insert(key).inserted, "\(line)")
            }
        }
        return listed
    }

    /// Whether a text of Python's is the first of several that we have joined.
    private static func isBeginning(
        _ key: String, _ theirs: [String: Any], _ ours: [String: Any]
    ) -> Bool {
        guard key == "text" || key == "html", let their = theirs[key] as? String, !their.isEmpty,
            let our = ours[key] as? String
        else { return false }
        return our.hasPrefix(their)
    }

    private static func text(_ value: Any?) throws -> String {
        guard let value else { return "nothing" }
        let data = try JSONSerialization.data(
            withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys])
        return String(decoding: data, as: UTF8.self)
    }

    // MARK: Ours

    private static func values(_ message: MIMEMessage) -> [String: Any] {
        var values: [String: Any] = [
            "subject": message.subject, "date": message.date?.secondsSince1970 ?? NSNull(),
            "message-id": message.messageID ?? NSNull(), "text": message.text,
            "html": message.html, "parts": message.parts.map { [$0.id, $0.contentType] },
        ]
        for (name, addresses) in [("from", message.from), ("to", message.to), ("cc", message.cc)] {
            values[name] = addresses.map { [$0.name, $0.address] }
        }
        for part in message.parts {
            values["\(part.id) file"] = part.fileName ?? NSNull()
            values["\(part.id) disposition"] = part.disposition ?? NSNull()
            values["\(part.id) content-id"] = part.contentID ?? NSNull()
            let kind = part.contentType.prefix { $0 != "/" }
            if kind != "multipart", kind != "message" {
                values["\(part.id) bytes"] = part.bytes.map { byte in
                    (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }.joined()
            }
            if kind == "text" { values["\(part.id) text"] = part.text }
        }
        return values
    }
}
