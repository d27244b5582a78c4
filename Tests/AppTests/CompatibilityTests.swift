import BlackholeRules
import BlackholeSMTP
import BlackholeSink
import BlackholeTestSupport
import Foundation
import Testing

/// Holds `docs/compatibility.md` to the program.
struct CompatibilityTests {
    private static let rows = CompatibilityPage.rows

    private func rows(headed name: String) -> [CompatibilityPage.Row] {
        Self.rows.filter { $0.header.first == name }
    }

    @Test func `every row names its tests, and they are there`() throws {
        let names = try CompatibilityPage.testNames()
        #expect(!Self.rows.isEmpty)
        for row in Self.rows {
            #expect(row.header.last == "Test", "\(row)")
            #expect(row.cells.count == row.header.count, "\(row)")
            #expect(!row.tests.isEmpty, "\(row) names no test")
            for test in row.tests {
                let isThere =
                    test.hasPrefix("Tests/")
                    ? CompatibilityPage.isFile(test) : names.contains(test)
                #expect(isThere, "\(row): there is no \(test)")
            }
        }
    }

    @Test(arguments: Setting.all)
    func `every setting has a row with its default`(setting: Setting) {
        let rows = Self.rows.filter { $0.cells[0].hasPrefix("`--\(setting.name)=") }
        #expect(rows.map { $0.cells.dropLast().last } == [setting.defaultText])
    }

    @Test(arguments: ReplyCode.allCases)
    func `every code has a row with its text and enhanced code`(code: ReplyCode) {
        let rows = rows(headed: "Code").filter { $0.cells[0] == "\(code.rawValue)" }
        let enhanced = code.enhanced.map(\.description) ?? "none"
        #expect(
            rows.map { Array($0.cells[1...2]) } == [["`\(code.text)`", enhanced]])
    }

    @Test func `no row has a code, a mode or a stage that is none`() {
        #expect(rows(headed: "Code").count == ReplyCode.allCases.count)
        let modes = rows(headed: "Mode").filter { $0.cells.count == 4 }.map { $0.cells[0] }
        #expect(modes == Mode.allCases.map { "`\($0.rawValue)`" })
        let stages = rows(headed: "Stage").map { $0.cells[0] }
        #expect(stages == ModeStage.allCases.map { "`\($0.rawValue)`" })
    }

    private static let codes: [Mode: [ReplyCode]] = [
        .accept: [.ok, .userNotLocal, .cannotVerify, .messagesPending],
        .bounce: ModeSettings.allBounceCodes, .offline: [.acceptsNoMail],
        .unavailable: [.serviceNotAvailable],
    ]

    @Test(arguments: codes.keys)
    func `a mode's row has its codes`(mode: Mode) {
        let rows = rows(headed: "Mode").filter {
            $0.cells.count == 3 && $0.cells[0] == "`\(mode.rawValue)`"
        }
        let listed = Self.codes[mode]?.map { "\($0.rawValue)" }.joined(separator: ", ")
        #expect(rows.map { $0.cells[1] } == [listed])
    }

    @Test(arguments: [
        "-c x.conf", "-t", "--test", "-d", "-b", "--background", "-q", "--quiet", "-ls",
        "--less-secure", "-v", "-port=25",
    ])
    func `a form of an option that is gone is refused by its name`(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let name = line.prefix { $0 != " " && $0 != "=" }
        for command in [[], ["run"], ["start"]] {
            let refusal = try Command.run([Paths.program] + command + words)
            #expect(refusal.exitCode == EX_USAGE)
            #expect(refusal.output.isEmpty)
            #expect(refusal.errorLines.count == 1)
            #expect(refusal.complaints.first?.contains("'\(name)'") == true, "\(refusal.text)")
        }
    }
}

/// The page, as its tables have it.
private enum CompatibilityPage {
    /// A row of a table, in the words of its cells.
    struct Row: CustomStringConvertible {
        let header: [String]
        let cells: [String]

        /// What the last cell has in backticks.
        var tests: [String] {
            (cells.last ?? "").matches(of: /`([^`]+)`/).map { String($0.1) }
        }

        var description: String { "the row of \(cells.first ?? "nothing")" }
    }

    /// All rows of all tables, in their order.
    static let rows: [Row] = {
        var rows: [Row] = []
        var header: [String] = []
        let path = folder.appendingPathComponent("docs/compatibility.md").path
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                header = []
                continue
            }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .dropFirst().dropLast().map { $0.trimmingCharacters(in: .whitespaces) }
            if header.isEmpty {
                header = cells
            } else if !line.hasPrefix("|--") {
                rows.append(Row(header: header, cells: cells))
            }
        }
        return rows
    }()

    /// The names of all tests that are functions.
    static func testNames() throws -> Set<String> {
        let tests = folder.appendingPathComponent("Tests").path
        var names: Set<String> = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: tests)
        where path.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(tests)/\(path)", encoding: .utf8)
            names.formUnion(text.matches(of: /func `([^`]+)`/).map { String($0.1) })
        }
        return names
    }

    /// Whether there is a file of a path within the project.
    static func isFile(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path)
    }

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
