internal import Pipeline
internal import SMTP

extension Configuration {
    /// Sets a setting from the texts that a source has for it: one, or the members of a list.
    mutating func set(_ setting: Setting, to texts: [String]) throws(ValueError) {
        let text = texts.last ?? ""
        switch setting {
        case .host: hosts = try texts.members { text throws(ValueError) in try .word(text) }
        case .port: ports = try texts.members { text throws(ValueError) in try .port(text) }
        case .ssl_port:
            sslPorts =
                texts.allSatisfy { $0 == "none" }
                ? [] : try texts.members { text throws(ValueError) in try .port(text) }
        case .listen:
            listen = try texts.members { text throws(ValueError) in try ListenLine(text) }
        case .tls_listen:
            tlsListen = try texts.members { text throws(ValueError) in try ListenLine(text) }
        case .mode: policy.mode = try .named(text)
        case .stage: policy.stage = try Stage.named(text)
        case .accept_codes: policy.acceptCodes = try ReplyCode.list(texts, allowing: 250...253)
        case .bounce_codes: try setBounceCodes(texts)
        case .accept_ratio: policy.acceptRatio = try .ratio(text)
        case .delay: policy.delay = try DelayRange(text)
        case .dynamic_switch: policy.hasHeaderSwitches = try Bool(setting: text)
        case .seed: seed = try .number(text, in: 0...UInt64.max)
        case .ssl: hasTLS = try Bool(setting: text)
        case .starttls: startTLS = try StartTLSOffer(text)
        case .ssl_cert: certificatePath = try .path(text)
        case .ssl_key: keyPath = try .path(text)
        case .ssl_ca_certs_dir: trustPath = try .path(text)
        case .ssl_groups: tlsGroups = try .word(text)
        case .ssl_signature_algorithms: tlsSignatureAlgorithms = try .word(text)
        case .auth_require_tls: isAuthAfterTLS = try Bool(setting: text)
        case .host_name: hostName = try .hostName(text)
        case .connections_limit: quota.connectionsMax = try .count(text)
        case .connections_per_address_limit: quota.perAddressMax = try .count(text)
        case .handshakes_limit: handshakes.connectionsMax = try .count(text)
        case .handshakes_per_address_limit: handshakes.perAddressMax = try .count(text)
        case .message_size_limit: limits.messageOctetsMax = try .size(text)
        case .recipients_limit: limits.recipientsMax = try .count(text, in: 100...1_000_000_000)
        case .messages_limit: limits.messagesMax = try .count(text, in: 0...Int.max)
        case .commands_limit: limits.commandsMax = try .count(text, in: 0...Int.max)
        case .errors_limit: limits.errorsInRowMax = try .count(text, in: 1...1_000_000_000)
        case .idle_timeout: limits.idle = try .time(text, in: 1...86_400)
        case .content_timeout: limits.contentIdle = try .time(text, in: 1...86_400)
        case .handshake_timeout: handshake = try .time(text, in: 1...86_400)
        case .session_timeout:
            let time = try Duration.time(text, in: 0...31_536_000)
            limits.session = time > .zero ? time : nil
        case .lenient: isLenient = try Bool(setting: text)
        case .socket_mode: socketMode = try .fileMode(text)
        case .socket_user: socketUser = try .word(text)
        case .socket_group: socketGroup = try .word(text)
        case .workers: workers = try .number(text, in: 1...1024)
        case .grace: grace = try .time(text, in: 0...3_600)
        case .user: user = try .word(text)
        case .group: group = try .word(text)
        case .pid: pidPath = try .path(text)
        case .log: logPath = try .path(text)
        case .rates: ratesInterval = try .time(text, in: 0...86_400)
        case .log_messages: logsMessages = try Bool(setting: text)
        case .debug: isDebugging = try Bool(setting: text)
        case .conf: filePath = try .path(text)
        }
    }

    private mutating func setBounceCodes(_ texts: [String]) throws(ValueError) {
        policy.bounceCodesByStage = [:]
        var general: [String] = []
        for text in texts {
            let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                general.append(text)
                continue
            }
            let stage = try Stage.named(parts[0].trimmed)
            policy.bounceCodesByStage[stage] = try ReplyCode.list([parts[1]], allowing: 400...599)
        }
        policy.bounceCodes =
            general.isEmpty
            ? Policy.allBounceCodes : try ReplyCode.list(general, allowing: 400...599)
    }
}

extension [String] {
    /// The members of a list, which commas or several texts make.
    fileprivate func members<Member>(
        _ member: (String) throws(ValueError) -> Member
    ) throws(ValueError) -> [Member] {
        var members: [Member] = []
        for text in self {
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                members.append(try member(String(part).trimmed))
            }
        }
        return members
    }
}

// MARK: Values

extension Bool {
    fileprivate init(setting text: String) throws(ValueError) {
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
    fileprivate init(_ text: String) throws(ValueError) {
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
    fileprivate static func fileMode(_ text: String) throws(ValueError) -> UInt32 {
        guard text.utf8.allSatisfy({ (0x30...0x37).contains($0) }), text.utf8.count <= 5,
            let mode = UInt32(text, radix: 8), mode <= 0o777
        else { throw ValueError("\(text.quoted) is not a mode: octal digits, such as 0660") }
        return mode
    }
}

extension UInt16 {
    static func port(_ text: String) throws(ValueError) -> UInt16 {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text) else {
            throw ValueError("\(text.quoted) is no port: a number from 0 to 65535")
        }
        return port
    }
}

extension Double {
    fileprivate static func ratio(_ text: String) throws(ValueError) -> Double {
        guard let ratio = decimal(text), ratio <= 1 else {
            throw ValueError("\(text.quoted) is no ratio: a number from 0 to 1, such as 0.1")
        }
        return ratio
    }
}

extension DelayRange {
    /// The longest delay that can be set, in seconds.
    package static let secondsMax = 3_600

    /// Reads `2`, `0.5`, `1-3`, `1m-1h`.
    init(_ text: String) throws(ValueError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            .map { Double.decimal(String($0).trimmed, .time) }
        guard let least = parts[0], let most = parts.count == 2 ? parts[1] : least,
            parts.count <= 2, least <= most, most <= Double(DelayRange.secondsMax)
        else {
            throw ValueError(
                "\(text.quoted) is not a delay: seconds or least-most, up to "
                    + "\(DelayRange.secondsMax), such as 2, 0.5-3 or 1m")
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
    fileprivate static func list(
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

extension String {
    var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    /// In quotes, cut where it is long.
    var quoted: String { count > 60 ? "'\(prefix(60))…'" : "'\(self)'" }

    fileprivate static func word(_ text: String) throws(ValueError) -> String {
        guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.isControlOrBlank }) else {
            throw ValueError("\(text.quoted) is not one word")
        }
        return text
    }

    fileprivate static func path(_ text: String) throws(ValueError) -> String {
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw ValueError("\(text.quoted) is no path")
        }
        return text
    }

    fileprivate static func hostName(_ text: String) throws(ValueError) -> String {
        let isFit = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard !text.isEmpty, text.utf8.count <= 255, isFit else {
            throw ValueError("\(text.quoted) is no host name")
        }
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var isControlOrBlank: Bool {
        properties.isWhitespace || value < 0x20 || value == 0x7F
    }
}
