internal import Foundation

/// A directory of its own for a test, removed with all that is in it when its owner is gone.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init() {
        var template = Array("/tmp/blackhole-test-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "a directory can be made")
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { remove() }

    /// Removes it at once, where its owner stays to the end.
    package func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// The names of all that is in it.
    package var names: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    /// The path of a file in it, be there one or not.
    package func file(_ name: String) -> String { path + "/" + name }

    /// What a file in it holds; empty where it cannot be read.
    package func text(of name: String) -> String {
        (try? String(contentsOfFile: file(name), encoding: .utf8)) ?? ""
    }

    /// Writes a file in it.
    ///
    /// - Returns: the file's path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: file(name), atomically: false, encoding: .utf8)
        return file(name)
    }
}
