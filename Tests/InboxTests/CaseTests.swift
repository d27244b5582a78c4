import BlackholeInbox
import Foundation
import Testing

/// Messages that other programs have read wrongly, with what is right: `Cases/NAME.eml`, `NAME.json`.
@Suite struct `A case that broke another program` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Cases")

    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? [])
        .filter { $0.hasSuffix(".eml") }.map { String($0.dropLast(4)) }.sorted()

    @Test func `has its message and what is expected of it`() {
        #expect(Self.names.count >= 98)
    }

    @Test(arguments: names) func `is read as it should be`(name: String) throws {
        let content = try Data(contentsOf: Self.folder.appending(path: name + ".eml"))
        let json = try Data(contentsOf: Self.folder.appending(path: name + ".json"))
        let wanted = try #require(JSONSerialization.jsonObject(with: json) as? [String: Any])
        let expected = try #require(wanted["expect"] as? [String: Any])
        let message = MIMEMessage(Array(content))
        for difference in differences(of: message, from: expected) { Issue.record("\(difference)") }
        if let parts = wanted["parts"] as? [[String]], !parts.isEmpty {
            #expect(message.parts.map { [$0.id, $0.contentType] } == parts)
        }
        // Whatever it is, its defects can be told.
        #expect(message.defects.count == Set(message.defects).count)
    }

    // MARK: Comparing

    private func differences(of message: MIMEMessage, from expected: [String: Any]) -> [String] {
        var differences: [String] = []
        func compare(_ key: String, _ got: String, _ same: (Any, String) -> Bool) {
            guard let wanted = expected[key], !matches(wanted, got, same) else { return }
            differences.append("\(key): want \(wanted), got \(got.debugDescription)")
        }
        compare("subject", message.subject) { $0 as? String == $1 }
        compare("message_id", message.messageID ?? "") { $0 as? String == $1 }
        compare("date", message.date?.description ?? "recent", isSameTime)
        for (key, text) in [("text", message.text), ("html", message.html)] {
            compare(key, text) { trimmed($0 as? String ?? "?") == trimmed($1) }
            for piece in expected[key + "_contains"] as? [String] ?? [] where !text.contains(piece)
            {
                differences.append("\(key) lacks \(piece)")
            }
            for piece in expected[key + "_lacks"] as? [String] ?? [] where text.contains(piece) {
                differences.append("\(key) has \(piece)")
            }
        }
        for (key, addresses) in [("from", message.from), ("to", message.to), ("cc", message.cc)] {
            guard let wanted = expected[key] as? [[String: Any]] else { continue }
            let isSame = wanted.elementsEqual(addresses) { wanted, address in
                matches(wanted["name"], address.name) { $0 as? String == $1 }
                    && matches(wanted["address"], address.address) { $0 as? String == $1 }
            }
            if !isSame { differences.append("\(key): want \(wanted), got \(addresses)") }
        }
        if let wanted = expected["attachments"] as? [[String: Any]] {
            differences += self.differences(of: message, fromAttachments: wanted)
        }
        return differences
    }

    private func differences(
        of message: MIMEMessage, fromAttachments expected: [[String: Any]]
    ) -> [String] {
        var found =
            message.attachments.map { ("attachments", $0) }
            + message.inlineParts.map { ("inline", $0) }
        var differences: [String] = []
        for wanted in expected {
            let index = found.firstIndex { place, part in
                let bytes = part.bytes
                return matches(wanted["filename"], part.fileName ?? "") { $0 as? String == $1 }
                    && matches(wanted["content_type"], part.contentType) { $0 as? String == $1 }
                    && matches(wanted["size"], bytes.count) { $0 as? Int == $1 }
                    && matches(wanted["sha256"], SHA256.hex(bytes)) { $0 as? String == $1 }
                    && matches(wanted["content_id"], part.contentID ?? "") { $0 as? String == $1 }
                    && ["either", place].contains(wanted["where"] as? String)
            }
            if let index {
                found.remove(at: index)
            } else {
                differences.append("no attachment \(wanted) among \(found.map(\.1.description))")
            }
        }
        return differences + found.map { "\($0.0) has \($0.1)" }
    }

    /// Whether a value is the wanted one, or one of `any`; what is null or missing is not compared.
    private func matches<Value>(_ wanted: Any?, _ got: Value, _ same: (Any, Value) -> Bool) -> Bool
    {
        guard let wanted, !(wanted is NSNull) else { return true }
        guard let any = (wanted as? [String: Any])?["any"] as? [Any] else {
            return same(wanted, got)
        }
        return any.contains { matches($0, got, same) }
    }

    private func trimmed(_ text: String) -> String {
        text.replacing("\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func isSameTime(_ wanted: Any, _ got: String) -> Bool {
        guard let wanted = wanted as? String, wanted != "recent", got != "recent" else {
            return wanted as? String == got
        }
        let format = ISO8601DateFormatter()
        return format.date(from: wanted) == format.date(from: got)
    }
}
