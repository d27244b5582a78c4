import BlackholeSink

/// Reads a configuration file in the simplest way there is: character by character, in ten states.
struct NaiveConfiguration {
    private enum State {
        case between, name, equals, value, bare, rest, behindComma, comment
        case quote(Character)
        /// To the end of the line, in a quote of its value or in none.
        case line(Character?)
        case behindQuote
    }

    private(set) var assignments: [Assignment] = []
    /// The first line that cannot be read.
    private(set) var errorLine: Int?
    private(set) var lineCount = 0
    private var name = ""
    private var value = ""

    init(_ text: String) {
        var characters = Array(text)
        if characters.first == "\u{FEFF}" { characters.removeFirst() }
        characters.append("\n")
        var line: [Character] = []
        for character in characters {
            guard character == "\n" || character == "\r\n" else {
                line.append(character)
                continue
            }
            lineCount += 1
            if errorLine == nil, !read(line + ["\n"]) { errorLine = lineCount }
            line = []
        }
    }

    private var setting: Setting? { Setting(named: name).flatMap { $0.isForFile ? $0 : nil } }

    /// Reads a line with a newline as its end; false if it cannot be read.
    private mutating func read(_ line: [Character]) -> Bool {
        var state = State.between
        for character in line {
            let isBlank = character.isWhitespace
            let isEnd = character == "\n"
            switch state {
            case .between where isBlank: break
            case .between where character == "#": state = .comment
            case .between, .name:
                let isOver = character == "=" || character == "#" || isBlank
                if case .between = state { name = "" }
                value = ""
                if isOver {
                    guard setting != nil, character != "#", !isEnd else { return false }
                    state = character == "=" ? .value : .equals
                } else {
                    name.append(character)
                    state = .name
                }
            case .equals where isBlank && !isEnd: break
            case .equals:
                guard character == "=" else { return false }
                state = .value
            case .value where isBlank && !isEnd: break
            case .value, .behindComma:
                guard let next = begin(character, isBehindComma: state) else { return false }
                state = next
            case .bare where isBlank: state = end(isEnd)
            case .bare: value.append(character)
            case .quote(let quote) where character == quote: state = .behindQuote
            case .quote:
                guard !isEnd else { return false }
                value.append(character)
            case .behindQuote:
                guard isBlank || character == "#" else { return false }
                state = character == "#" ? comment() : end(isEnd)
            case .line(nil) where character == "#" && value.last?.isWhitespace == true:
                state = endOfLine()
            case .line, .rest:
                if case .line(let quote) = state {
                    state = .line(NaiveConfiguration.quote(behind: character, in: quote))
                }
                if isEnd { state = endOfLine() } else { value.append(character) }
            case .comment: break
            }
        }
        return true
    }

    /// Begins a value, or its next word.
    private mutating func begin(_ character: Character, isBehindComma state: State) -> State? {
        if case .behindComma = state {
            if character == "\n" || character == "#" { return comment() }
            if character.isWhitespace { return .behindComma }
        }
        let isFirst = if case .value = state { true } else { false }
        if isFirst, setting?.shape == .rule, character != "\n" {
            value.append(character)
            return .rest
        }
        if character == "\n" || character == "#" { return nil }
        if character == "\"" || character == "'" { return .quote(character) }
        value.append(character)
        if isFirst, setting?.shape == .line { return .line(nil) }
        return .bare
    }

    /// Ends a word at a blank.
    private mutating func end(_ isEnd: Bool) -> State {
        guard value.last == "," && !isEnd else {
            store()
            return .between
        }
        return .behindComma
    }

    /// Ends a value that goes to the end of its line, or to a comment.
    private mutating func endOfLine() -> State {
        while value.last?.isWhitespace == true { value.removeLast() }
        return comment()
    }

    private mutating func comment() -> State {
        store()
        return .comment
    }

    private mutating func store() {
        guard let setting else { return }
        assignments.append(Assignment(setting, value, from: .file("x", line: lineCount)))
    }
}

extension NaiveConfiguration {
    /// The rules of each listener that the setting lists, as they stand between their quotes.
    func rules(of setting: Setting) -> [[String]] {
        assignments.filter { $0.setting == setting }
            .flatMap { NaiveConfiguration.rules(ofListeners: $0.text) }
    }

    private static func rules(ofListeners text: String) -> [[String]] {
        var listeners: [[String]] = [[]]
        var word = ""
        var quote: Character?
        func endWord() {
            if word.hasPrefix("rule=") {
                listeners[listeners.count - 1].append(String(word.dropFirst(6).dropLast()))
            }
            word = ""
        }
        for character in text {
            let isSeparator = quote == nil && (character == "," || character.isWhitespace)
            quote = NaiveConfiguration.quote(behind: character, in: quote)
            guard isSeparator else {
                word.append(character)
                continue
            }
            endWord()
            if character == "," { listeners.append([]) }
        }
        endWord()
        return listeners
    }

    /// The quote that is open behind a character.
    private static func quote(behind character: Character, in quote: Character?) -> Character? {
        if let quote { return character == quote ? nil : quote }
        return character == "\"" || character == "'" ? character : nil
    }
}
