/// Reads the configuration file's text: `key=value`, quoted or not, several on a line or one.
///
/// Nothing of it is ever executed. Blanks around `=` are allowed, `#` at the start of a word begins
/// a comment, a comma at the end of a bare value joins the next word to it, and the values of
/// `listen`, `tls_listen` and `rule` go to the end of their line, that of `rule` as it stands.
package struct ConfigurationFile {
    private let path: String
    private let line: Int
    private var rest: Substring

    /// The settings of a file.
    ///
    /// - Parameter path: what the file is called in errors.
    package static func assignments(
        of text: String, at path: String
    ) throws(ConfigurationError) -> [Assignment] {
        var assignments: [Assignment] = []
        for var reader in lines(of: text, at: path) {
            while let assignment = try reader.next() { assignments.append(assignment) }
        }
        return assignments
    }

    /// The settings of a file that may have faults, as far as they can be read, and the faults.
    package static func readable(
        of text: String, at path: String
    ) -> (assignments: [Assignment], faults: [ConfigurationError]) {
        var assignments: [Assignment] = []
        var faults: [ConfigurationError] = []
        for var reader in lines(of: text, at: path) {
            while true {
                do throws(ConfigurationError) {
                    guard let assignment = try reader.next() else { break }
                    assignments.append(assignment)
                } catch {
                    faults.append(error)
                    reader.skipFault()
                }
            }
        }
        return (assignments, faults)
    }

    private static func lines(of text: String, at path: String) -> [ConfigurationFile] {
        let text = text.first == "\u{FEFF}" ? text.dropFirst() : text[...]
        // Nothing else ends a line, or the rest of a comment could be a setting: a character that
        // editors do not show, such as U+2028, is a blank. A CR LF is one character.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        return lines.enumerated().map { index, line in
            ConfigurationFile(path: path, line: index + 1, rest: line)
        }
    }

    /// The next setting of the line.
    private mutating func next() throws(ConfigurationError) -> Assignment? {
        skipBlanks()
        guard let first = rest.first, first != "#" else { return nil }
        let name = take { $0 != "=" && !$0.isWhitespace && $0 != "#" }
        guard let setting = Setting(named: name), setting.isForFile else { throw unknown(name) }
        skipBlanks()
        guard rest.first == "=" else {
            throw error("\(setting.name) has no value: \(setting.name)=\(setting.valueName)")
        }
        rest.removeFirst()
        skipBlanks()
        let value =
            switch setting.shape {
            case .line: try restOfLine(setting)
            case .rule: try wholeRest(setting)
            default: try value(of: setting)
            }
        return Assignment(setting, value, from: .file(path, line: line))
    }

    private mutating func value(of setting: Setting) throws(ConfigurationError) -> String {
        var value = ""
        while true {
            value += try word(of: setting)
            skipBlanks()
            guard value.last == ",", let next = rest.first, next != "#" else { return value }
        }
    }

    /// A value in quotes, or up to a blank.
    private mutating func word(of setting: Setting) throws(ConfigurationError) -> String {
        guard let quote = rest.first, quote == "\"" || quote == "'" else {
            let word = rest.first == "#" ? "" : take { !$0.isWhitespace }
            guard !word.isEmpty else {
                throw error("\(setting.name) has no value")
            }
            return word
        }
        rest.removeFirst()
        let word = take { $0 != quote }
        guard rest.popFirst() != nil else {
            throw error("\(setting.name): the quote \(quote) is not closed")
        }
        guard rest.first.map({ $0.isWhitespace || $0 == "#" }) ?? true else {
            throw error("\(setting.name): a blank is missing behind the quote \(quote)")
        }
        return word
    }

    private mutating func restOfLine(_ setting: Setting) throws(ConfigurationError) -> String {
        if rest.first == "\"" || rest.first == "'" { return try value(of: setting) }
        var value = ""
        var quote: Character?
        while let character = rest.first {
            // A rule of a listener stands in quotes, and may have a `#` in them.
            guard character != "#" || quote != nil || value.last?.isWhitespace == false else {
                break
            }
            quote = character.quote(in: quote)
            value.append(character)
            rest.removeFirst()
        }
        value = value.trimmed
        guard !value.isEmpty else { throw error("\(setting.name) has no value") }
        return value
    }

    /// The rest of the line as it stands: a reply may have quotes, and a `#`.
    private mutating func wholeRest(_ setting: Setting) throws(ConfigurationError) -> String {
        let value = String(rest).trimmed
        rest = ""
        guard !value.isEmpty else { throw error("\(setting.name) has no value") }
        return value
    }

    private mutating func take(while isPart: (Character) -> Bool) -> String {
        let word = rest.prefix(while: isPart)
        rest = rest[word.endIndex...]
        return String(word)
    }

    private mutating func skipBlanks() {
        rest = rest.drop(while: \.isWhitespace)
    }

    /// Goes to where the next setting may begin: after the value of an unknown name, or after the
    /// word that is wrong.
    private mutating func skipFault() {
        skipBlanks()
        if rest.first == "=" {
            rest.removeFirst()
            skipBlanks()
            if (try? value(of: "conf")) != nil { return }
        }
        guard rest.first != "#" else { return }
        rest = rest.drop { !$0.isWhitespace }
    }

    private func error(_ message: String) -> ConfigurationError {
        ConfigurationError(path, line: line, message)
    }

    private func unknown(_ name: String) -> ConfigurationError {
        if name == "conf" { return error("conf: a file does not name another") }
        let near = Setting.nearest(to: name).map { "did you mean \($0.name)?" }
        return error(
            "\(name.quoted) is no setting; " + (near ?? "blackhole run --help lists them"))
    }
}
