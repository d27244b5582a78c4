/// Brings the command line into the form that the parser of options takes.
///
/// Options may stand before the command or behind it, with dashes or underscores in their names,
/// and their values behind `=` or in the next word; a bare option of a boolean means true.
package enum CommandWords {
    /// The words with the command first and every setting as `--name=value`.
    ///
    /// - Parameter commands: the commands that there are.
    package static func ordered(_ words: [String], commands: Set<String>) -> [String] {
        var command: [String] = []
        var others: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                others += [word] + rest
                break
            } else if word.hasPrefix("--") {
                others.append(option(word, &rest))
            } else if command.isEmpty, commands.contains(word) {
                command = [word]
            } else {
                others.append(word)
            }
        }
        return command + others
    }

    private static func option(_ word: String, _ rest: inout ArraySlice<String>) -> String {
        let parts = word.dropFirst(2).split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let setting = Setting(named: String(parts[0])) else { return word }
        if parts.count == 2 { return "--\(setting.name)=\(parts[1])" }
        if setting.shape == .boolean, !(rest.first.map(Bool.isWritten) ?? false) {
            return "--\(setting.name)=True"
        }
        guard let value = rest.popFirst() else { return "--\(setting.name)" }
        return "--\(setting.name)=\(value)"
    }
}
