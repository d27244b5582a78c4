import BlackholeFuzzBodies
import Foundation

/// Runs every recorded input of the folders that are named, each by its target: without a fuzzer, so
/// that it can be watched by other means.
///
///     Replay Fuzz/Corpus Fuzz/Crashes
@main
struct Replay {
    static func main() throws {
        var count = 0
        for folder in CommandLine.arguments.dropFirst() {
            for target in FuzzTarget.allCases {
                count += try run(target, folder: "\(folder)/\(target.rawValue)")
            }
        }
        print("\(count) inputs")
    }

    /// - Returns: how many there were.
    private static func run(_ target: FuzzTarget, folder: String) throws -> Int {
        let body = target.makeBody()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        for name in names {
            let bytes = try [UInt8](Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
            body.run(bytes.span.bytes)
        }
        return names.count
    }
}
