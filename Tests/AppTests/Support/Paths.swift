import Foundation

/// Where things are that the tests need.
enum Paths {
    /// The program under test: built beside the test bundle.
    static let program = product("blackhole")

    /// A file in the folder that the test bundle was built into.
    static func product(_ name: String) -> String {
        products.appendingPathComponent(name).path
    }

    private static let products: URL = {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        precondition(count > 0, "/proc/self/exe names the running test bundle")
        let bundle = String(decoding: path[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return URL(fileURLWithPath: bundle).deletingLastPathComponent()
    }()

    /// A Python client of these tests.
    static func client(_ name: String) -> String {
        sources.appendingPathComponent("Clients/\(name)").path
    }

    /// A file of the support layer.
    static func support(_ name: String) -> String {
        sources.appendingPathComponent("Support/\(name)").path
    }

    /// A file of the repository.
    static func repository(_ name: String) -> String {
        sources.appendingPathComponent("../../\(name)").standardized.path
    }

    private static let sources = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
}
