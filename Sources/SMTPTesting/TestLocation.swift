internal import Testing

/// A line of a test, where a failure belongs.
///
/// It is given as XCTest's functions do it, by `file` and `line`, so that a test of either kind needs no
/// import for it.
public struct TestLocation: Sendable, Hashable, CustomStringConvertible {
    /// The path of the source file.
    public let file: String
    /// The line, from 1 on.
    public let line: Int

    init(_ file: String, _ line: Int) {
        self.file = file
        self.line = line
    }

    /// `MailerTests.swift:31`.
    public var description: String { "\(components.last ?? "?"):\(line)" }

    /// The same for Swift Testing.
    var sourceLocation: SourceLocation {
        // A module is called as its folder is, as a rule; only the path matters to tools.
        let fileID = (["?", "?"] + components).suffix(2).joined(separator: "/")
        return SourceLocation(fileID: fileID, filePath: file, line: max(1, line), column: 1)
    }

    private var components: [Substring] { file.split(separator: "/") }
}

/// An error that knows which line of a test has failed.
protocol LocatedFailure: Error {
    var location: TestLocation { get }
}
