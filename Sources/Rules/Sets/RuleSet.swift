/// Rules in the order in which they are tried, each with its source.
public struct RuleSet: Sendable {
    /// A rule of a set.
    public struct Entry: Sendable {
        /// The rule.
        public let rule: Rule
        /// Where it was written.
        public let source: RuleSource
    }

    /// The rules, in order.
    public private(set) var entries: [Entry] = []
    private var names: [String: RuleSource] = [:]

    /// The most faults that reading reports.
    public static let maximumFaults = 100

    /// Creates a set without rules.
    public init() {}

    /// The rules, in order, without their sources.
    public var rules: [Rule] { entries.map(\.rule) }

    /// Appends a rule; throws if another has its name.
    public mutating func append(_ rule: Rule, from source: RuleSource) throws(RuleFault) {
        if let name = rule.name {
            if let first = names[name] {
                let error = RuleError(
                    column: 1, "the name '\(name)' is used twice", "it is first used at \(first)")
                throw RuleFault(source, error)
            }
            names[name] = source
        }
        entries.append(Entry(rule: rule, source: source))
    }

    /// Appends a rule that is a line of text; an address may be `@/path` where files are allowed.
    public mutating func append(
        _ text: String, from source: RuleSource, allowsFiles: Bool = false
    ) throws(RuleFault) {
        try append(RuleReader(text, allowsFiles: allowsFiles), from: source)
    }

    private mutating func append(_ reader: RuleReader, from source: RuleSource) throws(RuleFault) {
        var reader = reader
        let rule: Rule
        do throws(RuleError) { rule = try reader.readRule() } catch {
            throw RuleFault(source, error)
        }
        try append(rule, from: source)
    }
}

extension RuleSet {
    /// Appends the rules of a text, one on each line.
    ///
    /// A line that is blank, or whose first character is `#`, is passed over. A line ends with LF
    /// or CR LF.
    ///
    /// - Parameters:
    ///   - text: the lines.
    ///   - name: what errors call the text: the file's path.
    ///   - allowsFiles: whether an address may be `@/path`.
    /// - Returns: the lines that are wrong, at most ``maximumFaults``; the others are appended.
    public mutating func read(
        _ text: some Collection<UInt8>, from name: String, allowsFiles: Bool = false
    ) -> [RuleFault] {
        read(Array(text), from: [name], allowsFiles: allowsFiles, refers: false) { _ in nil }
    }

    /// Appends the rules of a file, which may refer to others: a line `@/path` stands for all rules
    /// of that file.
    ///
    /// Files refer to files ``maximumDepth`` deep at most, and never to themselves.
    ///
    /// - Parameters:
    ///   - text: what the file holds.
    ///   - name: the file's path.
    ///   - open: reads another file; nil if it cannot be read, which is the caller's to report.
    /// - Returns: the lines that are wrong, at most ``maximumFaults``; the others are appended.
    public mutating func read(
        _ text: some Collection<UInt8>, from name: String, opening open: (String) -> [UInt8]?
    ) -> [RuleFault] {
        read(Array(text), from: [name], allowsFiles: true, refers: true, open)
    }

    /// How deep files of rules may refer to others.
    public static let maximumDepth = 8

    private mutating func read(
        _ bytes: [UInt8], from path: [String], allowsFiles: Bool, refers: Bool,
        _ open: (String) -> [UInt8]?
    ) -> [RuleFault] {
        var faults: [RuleFault] = []
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var number = 0
        while start < bytes.count, faults.count < RuleSet.maximumFaults {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let line = bytes[start..<end]
            start = end + 1
            number += 1
            let source = RuleSource(path[path.count - 1], line: number)
            do throws(RuleFault) {
                if refers, let other = RuleSet.reference(line) {
                    try RuleSet.check(other, from: path, source)
                    guard let text = open(other) else { continue }
                    faults += read(
                        text, from: path + [other], allowsFiles: allowsFiles, refers: refers, open)
                } else {
                    try read(line: line, from: source, allowsFiles)
                }
            } catch {
                faults.append(error)
            }
        }
        return Array(faults.prefix(RuleSet.maximumFaults))
    }

    /// The file that a line refers to; nil if it is a rule or nothing.
    private static func reference(_ line: ArraySlice<UInt8>) -> String? {
        guard line.first == UInt8(ascii: "@") else { return nil }
        var path = line.dropFirst()
        while let last = path.last, last == 0x20 || last == 0x09 || last == 0x0D {
            path.removeLast()
        }
        return String(decoding: path, as: UTF8.self)
    }

    private static func check(
        _ other: String, from path: [String], _ source: RuleSource
    ) throws(RuleFault) {
        if path.contains(other) {
            throw RuleFault(source, RuleError(column: 1, "'\(other)' refers to itself"))
        }
        if path.count >= maximumDepth {
            let message = "files refer to files more than \(maximumDepth) deep"
            throw RuleFault(source, RuleError(column: 1, message))
        }
    }

    /// Appends the rules of a text, one on each line.
    public mutating func read(
        _ text: String, from name: String, allowsFiles: Bool = false
    ) -> [RuleFault] {
        read(text.utf8, from: name, allowsFiles: allowsFiles)
    }

    private mutating func read(
        line: ArraySlice<UInt8>, from source: RuleSource, _ allowsFiles: Bool
    ) throws(RuleFault) {
        let line = line.last == 0x0D ? line.dropLast() : line
        guard let first = line.first, first != UInt8(ascii: "#"),
            line.contains(where: { $0 != 0x20 && $0 != 0x09 })
        else { return }
        try append(RuleReader(bytes: line, allowsFiles: allowsFiles), from: source)
    }

    /// The set as a text from which the same rules are read.
    public var text: String { entries.map { "\($0.rule)\n" }.joined() }
}
