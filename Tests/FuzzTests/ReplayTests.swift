import BlackholeFuzzBodies
import Foundation
import Testing

/// Every seed and every past find goes through its target again; a violation ends the process and
/// says what was violated.
struct ReplayTests {
    @Test(arguments: Recorded.all)
    func `a recorded input violates nothing`(_ recorded: Recorded) throws {
        let bytes = try [UInt8](Data(contentsOf: recorded.file))
        recorded.target.makeBody().run(bytes.span.bytes)
    }

    @Test(arguments: Recorded.all)
    func `a recorded input violates nothing wherever it is cut off`(_ recorded: Recorded) throws {
        let bytes = try [UInt8](Data(contentsOf: recorded.file))
        let body = recorded.target.makeBody()
        for count in 0..<min(bytes.count, 200) {
            body.run(bytes.span.bytes.extracting(0..<count))
        }
    }

    @Test(arguments: FuzzTarget.allCases, ["Corpus", "Crashes"])
    func `every target has recorded inputs`(_ target: FuzzTarget, folder: String) {
        #expect(!Recorded.files(of: target, in: folder).isEmpty)
    }

    @Test func `every folder of inputs is a target's`() throws {
        let corpus = Recorded.fuzz.appending(path: "Corpus").path()
        let folders = try FileManager.default.contentsOfDirectory(atPath: corpus)
        #expect(folders.sorted() == FuzzTarget.allCases.map(\.rawValue).sorted())
    }
}

/// A file in a target's folder of `Corpus` or `Crashes`.
struct Recorded: Sendable, CustomTestStringConvertible {
    let target: FuzzTarget
    let file: URL

    var testDescription: String { "\(target.rawValue)/\(file.lastPathComponent)" }

    static let all = FuzzTarget.allCases.flatMap { target in
        ["Corpus", "Crashes"].flatMap { files(of: target, in: $0) }
    }

    static let fuzz = URL(filePath: #filePath).appending(path: "../../../Fuzz").standardizedFileURL

    static func files(of target: FuzzTarget, in folder: String) -> [Recorded] {
        let directory = fuzz.appending(path: "\(folder)/\(target.rawValue)")
        let names = try? FileManager.default.contentsOfDirectory(atPath: directory.path())
        return (names ?? []).filter { !$0.hasPrefix(".") }.sorted().map { name in
            Recorded(target: target, file: directory.appending(path: name))
        }
    }
}
