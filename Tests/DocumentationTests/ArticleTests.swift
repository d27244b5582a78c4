import BlackholeTestSupport
import Foundation
import Testing

/// A page that shows Swift: of the documentation of a product, or the README.
struct Article: CustomTestStringConvertible {
    let file: URL

    /// The folder of the whole project.
    static let project = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// All pages of all products, and the README.
    static let all: [Article] =
        files(below: "Sources").map(Article.init).filter {
            $0.file.pathExtension == "md" && $0.file.path().contains(".docc/")
        } + [Article(file: project.appending(path: "README.md"))]

    /// The files that hold what the pages show, and are compiled.
    static let compiled: [[Substring]] = files(below: "Tests/DocumentationTests/Articles").map {
        let text = try? String(contentsOf: $0, encoding: .utf8)
        return (text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
    }

    var text: String { get throws { try String(contentsOf: file, encoding: .utf8) } }

    var testDescription: String { file.lastPathComponent }

    /// The lines of each block of Swift.
    var blocks: [[Substring]] {
        get throws {
            var blocks: [[Substring]] = []
            var language: Substring?
            for line in try text.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.drop(while: \.isWhitespace).hasPrefix("```") {
                    let isStart = language == nil
                    language = isStart ? line.drop { $0.isWhitespace || $0 == "`" } : nil
                    if language == "swift" { blocks.append([]) }
                } else if language == "swift" {
                    blocks[blocks.count - 1].append(line)
                }
            }
            return blocks
        }
    }

    private static func files(below folder: String) -> [URL] {
        let files = FileManager.default.enumerator(
            at: project.appending(path: folder), includingPropertiesForKeys: nil)
        return (files?.compactMap { $0 as? URL } ?? []).filter { !$0.hasDirectoryPath }
    }
}

extension Article {
    init(product: String, name: String) {
        file = Article.project.appending(path: "Sources/\(product)/\(product).docc/\(name).md")
    }
}

/// Whether a file has the lines of a block, indented as much as the file likes.
///
/// A line of the block that is `…` stands for any number of lines.
func isShown(_ block: [Substring], in file: [Substring]) -> Bool {
    let pieces = block.split(whereSeparator: { $0.drop(while: \.isWhitespace) == "…" })
    var start = file.startIndex
    for piece in pieces {
        let ends = start...max(start, file.endIndex - piece.count)
        guard let found = ends.first(where: { isShown(piece, in: file[$0...]) }) else {
            return false
        }
        start = found + piece.count
    }
    return true
}

private func isShown(_ piece: ArraySlice<Substring>, in file: ArraySlice<Substring>) -> Bool {
    guard file.count >= piece.count, let first = piece.first, let line = file.first,
        line.hasSuffix(first)
    else { return false }
    let indent = line.dropLast(first.count)
    return indent.allSatisfy { $0 == " " }
        && zip(piece, file).allSatisfy { $0.isEmpty ? $1.isEmpty : $1 == indent + $0 }
}

/// The blocks that need packages on which this one does not depend: how many a page has of which.
///
/// Each begins with a comment that says so, `// Needs swift-nio-ssl.`, and is not compiled.
private let foreignBlocks = ["ClientsAndTLS.md": ["// Needs swift-nio-ssl."]]

/// Whether a block needs a package on which this one does not depend.
private func isForeign(_ block: [Substring]) -> Bool {
    block.first?.hasPrefix("// Needs ") == true
}

/// Whether a block is a Package.swift, which is compiled by itself.
private func isManifest(_ block: [Substring]) -> Bool {
    block.first?.hasPrefix("// swift-tools-version") == true
}

private func exitCode(of command: String..., in folder: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
}

struct ArticleTests {
    @Test(arguments: Article.all)
    func `a page shows nothing that is not compiled`(article: Article) throws {
        for block in try article.blocks where !isManifest(block) && !isForeign(block) {
            let isCompiled = Article.compiled.contains { isShown(block, in: $0) }
            #expect(isCompiled, "no compiled file has this:\n\(block.joined(separator: "\n"))")
        }
    }

    @Test(arguments: Article.all)
    func `a page has no foreign block but those that are known`(article: Article) throws {
        let found = try article.blocks.filter(isForeign).compactMap(\.first).map(String.init)
        #expect(found == foreignBlocks[article.testDescription, default: []])
    }

    @Test func `a page's manifest is one`() throws {
        let manifests = try Article.all.flatMap { try $0.blocks }.filter(isManifest)
        #expect(!manifests.isEmpty)
        for manifest in manifests {
            let folder = TemporaryDirectory()
            try folder.write(manifest.joined(separator: "\n"), to: "Package.swift")
            #expect(try exitCode(of: "swift", "package", "dump-package", in: folder.path) == 0)
        }
    }

    @Test func `every product has a page that shows something`() throws {
        for product in ["Pipeline", "TLS", "SMTP", "Rules", "Inbox", "SMTPTesting"] {
            let blocks = try Article(product: product, name: product).blocks
            #expect(!blocks.isEmpty)
        }
    }

    @Test(arguments: [
        ("a\nb", true), ("b\n  c", true), ("    b", true), ("a\n…\n  c", true), ("b\n  …\nd", true),
        ("a\nc", false), ("b\nc", false), ("a \nb", false), ("a\n…\nb x", false), ("x", false),
        ("b\n  c\n\nd", true), ("b\n  c\nd", false), ("d\n…\na", false), ("c\n  d", false),
    ])
    func `a block that differs is found`(block: String, isThere: Bool) {
        let file = "    a\n    b\n      c\n\n    d\n".split(
            separator: "\n", omittingEmptySubsequences: false)
        let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(isShown(lines, in: file) == isThere)
    }
}
