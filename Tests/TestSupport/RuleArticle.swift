internal import Foundation

/// A page of the documentation of the rules, and the rules that stand in it.
package struct RuleArticle {
    /// The rules of a section, in order.
    package struct Section: Sendable {
        package let title: String
        package let rules: [String]
    }

    /// Those sections that show rules.
    package let sections: [Section]
    /// All rules of the page, in order.
    package var rules: [String] { sections.flatMap(\.rules) }

    /// Reads a page by its name.
    package init(_ name: String) throws {
        let text = try String(
            contentsOf: Self.folder.appending(path: "\(name).md"), encoding: .utf8)
        var sections: [Section] = []
        var title = name
        var rules: [String] = []
        var language: Substring?
        for line in text.split(separator: "\n") {
            if line.hasPrefix("```") {
                language = language == nil ? line.dropFirst(3) : nil
            } else if language == "rules", !line.hasPrefix("#") {
                rules.append(String(line))
            } else if language == nil, line.hasPrefix("## ") {
                sections.append(Section(title: title, rules: rules))
                (title, rules) = (String(line.dropFirst(3)), [])
            }
        }
        sections.append(Section(title: title, rules: rules))
        self.sections = sections.filter { !$0.rules.isEmpty }
    }

    /// The names of all pages.
    package static var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.path())
                .filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }.sorted()
        }
    }

    /// The sixteen examples of the language.
    package static var examples: [String] {
        get throws {
            try RuleArticle("TheLanguage").sections.first { $0.title == "Examples" }?.rules ?? []
        }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/Rules/Rules.docc")
}
