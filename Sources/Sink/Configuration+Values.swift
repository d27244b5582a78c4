internal import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP

extension [String] {
    /// The members of a list, which commas or several texts make.
    ///
    /// - Parameter heedsQuotes: whether a comma in quotes belongs to its member.
    func members<Member>(
        heedingQuotes heedsQuotes: Bool = false,
        _ member: (String) throws(ValueError) -> Member
    ) throws(ValueError) -> [Member] {
        var members: [Member] = []
        for text in self {
            let parts = heedsQuotes ? text.splitOutsideQuotes { $0 == "," } : text.members
            for part in parts { members.append(try member(part.trimmed)) }
        }
        return members
    }
}

// MARK: Values

extension Bool {
    init(setting text: String) throws(ValueError) {
        switch text.lowercased() {
        case "true", "yes", "on", "1": self = true
        case "false", "no", "off", "0": self = false
        default: throw ValueError("\(text.quoted) is neither True nor False")
        }
    }

    /// As it is written: `True` or `False`.
    package var written: String { self ? "True" : "False" }

    /// Whether a text is a boolean's value.
    package static func isWritten(_ text: String) -> Bool {
        (try? Bool(setting: text)) != nil
    }
}

extension StartTLSOffer {
    init(_ text: String) throws(ValueError) {
        if text.lowercased() == "auto" {
            self = .auto
        } else if let isOffered = try? Bool(setting: text) {
            self = isOffered ? .always : .never
        } else {
            throw ValueError("\(text.quoted) is none of auto, True, False")
        }
    }
}

extension UInt32 {
    /// Reads a file's mode, in octal.
    static func fileMode(_ text: String) throws(ValueError) -> UInt32 {
        guard text.utf8.allSatisfy({ (0x30...0x37).contains($0) }), text.utf8.count <= 5,
            let mode = UInt32(text, radix: 8), mode <= 0o777
        else { throw ValueError("\(text.quoted) is not a mode: octal digits, such as 0660") }
        return mode
    }
}

extension UInt16 {
    static func port(_ text: String) throws(ValueError) -> UInt16 {
        guard text.utf8.allSatisfy(\.isDigit), let port = UInt16(text) else {
            throw ValueError("\(text.quoted) is no port: a number from 0 to 65535")
        }
        return port
    }
}

extension Double {
    static func ratio(_ text: String) throws(ValueError) -> Double {
        guard let ratio = decimal(text), ratio <= 1 else {
            throw ValueError("\(text.quoted) is no ratio: a number from 0 to 1, such as 0.1")
        }
        return ratio
    }
}

extension DelayRange {
    /// The longest delay that can be set, in seconds.
    package static let maximumSeconds = 3_600

    /// Reads `2`, `0.5`, `1-3`, `1m-1h`.
    init(_ text: String) throws(ValueError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            .map { Double.decimal(String($0).trimmed, .time) }
        guard let least = parts[0], let most = parts.count == 2 ? parts[1] : least,
            parts.count <= 2, least <= most, most <= Double(DelayRange.maximumSeconds)
        else {
            throw ValueError(
                "\(text.quoted) is not a delay: seconds or least-most, up to "
                    + "\(DelayRange.maximumSeconds), such as 2, 0.5-3 or 1m")
        }
        self.init(.seconds(least), .seconds(most))
    }
}

extension RawRepresentable where Self: CaseIterable, RawValue == String {
    /// Reads a name in any case.
    static func named(_ text: String) throws(ValueError) -> Self {
        guard let found = Self(rawValue: text.lowercased()) else {
            throw ValueError("\(text.quoted) is none of \(listed)")
        }
        return found
    }

    /// All names.
    static var listed: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension ReplyCode {
    static func list(
        _ texts: [String], allowing range: ClosedRange<UInt16>
    ) throws(ValueError) -> [ReplyCode] {
        try texts.members { text throws(ValueError) in
            guard let number = UInt16(text), let code = ReplyCode(rawValue: number),
                range.contains(number)
            else {
                let known = allCases.filter { range.contains($0.rawValue) }
                throw ValueError("\(text.quoted) is none of the codes \(known.listed)")
            }
            return code
        }
    }
}

extension [ReplyCode] {
    /// `250,251`.
    package var listed: String { map { "\($0.rawValue)" }.joined(separator: ",") }
}

extension Character {
    /// The quote that is open after this character, if `quote` is open before it.
    func quote(in quote: Character?) -> Character? {
        if let quote { return self == quote ? nil : quote }
        return self == "'" || self == "\"" ? self : nil
    }
}

extension String {
    var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// The members of a list that commas make.
    var members: [String] {
        split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
    }

    /// The parts between separators that do not stand in quotes; the quotes stay.
    func splitOutsideQuotes(where isSeparator: (Character) -> Bool) -> [String] {
        var parts = [""]
        var quote: Character?
        for character in self {
            if quote == nil, isSeparator(character) {
                parts.append("")
                continue
            }
            quote = character.quote(in: quote)
            parts[parts.count - 1].append(character)
        }
        return parts
    }

    /// In quotes, cut where it is long.
    var quoted: String { count > 60 ? "'\(prefix(60))…'" : "'\(self)'" }

    static func word(_ text: String) throws(ValueError) -> String {
        guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.isControlOrBlank }) else {
            throw ValueError("\(text.quoted) is not one word")
        }
        return text
    }

    static func path(_ text: String) throws(ValueError) -> String {
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw ValueError("\(text.quoted) is no path")
        }
        return text
    }

    static func hostName(_ text: String) throws(ValueError) -> String {
        let isFit = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard !text.isEmpty, text.utf8.count <= 255, isFit else {
            throw ValueError("\(text.quoted) is no host name")
        }
        return text
    }
}

extension Unicode.Scalar {
    var isControlOrBlank: Bool {
        properties.isWhitespace || value < 0x20 || value == 0x7F
    }
}

/// The codes that are drawn from to bounce.
struct BounceCodes: Sendable, Equatable {
    var general = ModeSettings.allBounceCodes
    /// Those of one stage, instead of the general ones.
    var byStage: [ModeStage: [ReplyCode]] = [:]

    /// Reads `550,551`, and `rcpt:450` for a stage.
    init(_ texts: [String]) throws(ValueError) {
        var general: [String] = []
        for text in texts {
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                general.append(text)
                continue
            }
            let stage = try ModeStage.named(parts[0].trimmed)
            byStage[stage] = try ReplyCode.list([parts[1]], allowing: 400...599)
        }
        if !general.isEmpty { self.general = try ReplyCode.list(general, allowing: 400...599) }
    }

    init(general: [ReplyCode], byStage: [ModeStage: [ReplyCode]]) {
        self.general = general
        self.byStage = byStage
    }

    /// As it can be read; a stage's codes after the general ones.
    var written: String {
        let stages = ModeStage.allCases.compactMap { stage in
            byStage[stage].map { "\(stage.rawValue):\($0.listed)" }
        }
        return ([general.listed] + stages).joined(separator: " ")
    }
}

extension ModeSettings {
    /// The codes that are drawn from to bounce, as they are set.
    var bounce: BounceCodes {
        get { BounceCodes(general: bounceCodes, byStage: bounceCodesByStage) }
        set { (bounceCodes, bounceCodesByStage) = (newValue.general, newValue.byStage) }
    }
}

extension DelayRange {
    /// As it can be read: `2`, `0.5-3`.
    var written: String {
        let (least, most) = (least.inSeconds, most.inSeconds)
        return least == most ? least : "\(least)-\(most)"
    }
}

extension Duration {
    /// Seconds with as many decimals as there are, down to nanoseconds.
    var inSeconds: String {
        let (seconds, attoseconds) = components
        let decimals = "\(1_000_000_000 + attoseconds / 1_000_000_000)".dropFirst()
        guard let last = decimals.lastIndex(where: { $0 != "0" }) else { return "\(seconds)" }
        return "\(seconds).\(decimals[...last])"
    }
}

extension EndpointLine {
    /// As it can be read.
    var written: String {
        let place =
            host.hasPrefix("unix:")
            ? host : host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let flags =
            [
                mode.map { "mode=\($0.rawValue)" }, delay.map { "delay=\($0.written)" },
                stage.map { "stage=\($0.rawValue)" },
            ] + rules.map { $0.contains("'") ? "rule=\"\($0)\"" : "rule='\($0)'" }
        return ([place] + flags.compactMap(\.self)).joined(separator: " ")
    }
}
