package import BlackholePipeline
package import BlackholeRules
package import BlackholeSMTP

/// All settings, resolved: the defaults, and over them what the sources say.
package struct Configuration: Sendable {
    package var hosts = ["0.0.0.0"]
    package var ports: [UInt16] = [25]
    package var sslPorts: [UInt16] = [465]
    /// Listeners with settings of their own; where there are any, hosts and ports do not count.
    package var listen: [EndpointLine] = []
    /// The same with TLS from the first byte.
    package var tlsListen: [EndpointLine] = []

    package var policy = ModeSettings()
    /// Rules as they are written, and files of rules: of the command line, and behind them of the file.
    package var rules: [String] = []
    package var ruleFiles: [String] = []
    /// Whether a recipient's address chooses its reply.
    package var readsAddresses = false
    /// What every source has added, with its origin.
    private(set) var added: [Assignment] = []
    package var seed: UInt64?

    /// Whether there is TLS at all.
    package var hasTLS = true
    package var startTLS = StartTLSOffer.auto
    package var certificatePath: String?
    package var keyPath: String?
    package var trustPath: String?
    /// Groups for the key exchange, in OpenSSL's list form; nil for the default.
    package var tlsGroups: String?
    /// Signature algorithms, in OpenSSL's list form; nil for OpenSSL's own.
    package var tlsSignatureAlgorithms: String?
    package var isAuthAfterTLS = false

    package var hostName: String?
    package var limits = SMTPLimits()
    package var quota = ConnectionQuota.Limits()
    package var handshake = Duration.seconds(30)
    /// How many handshakes may be in progress.
    package var handshakes = ConnectionQuota.Limits(maximumConnections: 4096)
    package var isLenient = false

    /// The mode of the files of unix-domain sockets.
    package var socketMode: UInt32 = 0o666
    package var socketUser: String?
    package var socketGroup: String?

    package var console = ConsoleOptions()
    /// Peers that only look whether the server lives.
    package var healthPeers: [NetworkBlock] = []

    package var workers: Int?
    package var grace = Duration.seconds(10)
    package var user: String?
    package var group: String?
    package var pidPath = "/tmp/blackhole.pid"
    package var logPath = "/tmp/blackhole.log"
    package var ratesInterval = Duration.seconds(60)
    /// Whether a line is logged for each message.
    package var logsMessages = false
    package var isDebugging = false
    package var filePath: String?

    /// Variables of the environment that look like settings and are none, in alphabetical order.
    package private(set) var unknownVariables: [String] = []

    /// Where each setting that is not at its default was set.
    package private(set) var origins: [Setting: Origin] = [:]

    package init() {}

    /// Lays the settings of one source over the ones so far.
    ///
    /// What a source says of a list replaces the list, and values of the source make a new one.
    package mutating func apply(_ assignments: [Assignment]) throws(ConfigurationError) {
        var values: [Setting: [String]] = [:]
        for assignment in assignments {
            let setting = assignment.setting
            if setting.isAdded {
                if values[setting] == nil { values[setting] = texts(of: setting) }
                added.append(assignment)
            }
            values[setting] = (setting.isList ? values[setting] ?? [] : []) + [assignment.text]
            do throws(ValueError) {
                try setting.set(&self, values[setting] ?? [])
            } catch {
                throw ConfigurationError(assignment.origin, setting, error)
            }
            origins[setting] = assignment.origin
        }
    }

    private func texts(of setting: Setting) -> [String] {
        added.filter { $0.setting == setting }.map(\.text)
    }

    /// Lays the environment's settings over the ones so far; an empty variable counts as unset.
    package mutating func apply(
        environment variables: [String: String]
    ) throws(ConfigurationError) {
        unknownVariables = variables.filter { variable, text in
            !text.isEmpty && variable.hasPrefix(Setting.variablePrefix)
                && Setting(variable: variable) == nil
        }.keys.sorted()
        try apply(Assignment.all(of: variables))
    }

    /// Whether a client in clear may secure its connection by STARTTLS.
    package var offersStartTLS: Bool {
        switch startTLS {
        case .auto: hasTLS && certificatePath != nil
        case .always: hasTLS
        case .never: false
        }
    }

    /// Checks what no setting shows by itself; paths are absolute by then.
    package func check() throws(ConfigurationError) {
        if keyPath != nil, certificatePath == nil {
            throw conflict("ssl_key", "goes with ssl_cert, which is not set")
        }
        if !hasTLS, !tlsListen.isEmpty { throw conflict("tls_listen", "goes with ssl=True") }
        if !hasTLS, isAuthAfterTLS { throw conflict("auth_require_tls", "goes with ssl=True") }
        let listeners = self.listeners
        var places: Set<String> = []
        for listener in listeners {
            // The kernel gives each port 0 a port of its own.
            if let place = listener.canonicalAddress, !places.insert(place).inserted {
                throw conflict(placing(listener), "\(listener.address) is listed twice")
            }
        }
        try checkConsole()
    }

    /// The setting that a listener comes from: one that was set, for another has no line to name.
    func placing(_ listener: Endpoint) -> Setting {
        guard listen.isEmpty, tlsListen.isEmpty else {
            return listener.isImplicitTLS ? "tls_listen" : "listen"
        }
        if listener.isPath { return "host" }
        let likely: [Setting] =
            listener.isImplicitTLS ? ["ssl_port", "port"] : ["port", "ssl_port"]
        return (likely + ["host"]).first { origins[$0] != nil } ?? likely[0]
    }

    func conflict(_ setting: Setting, _ message: String) -> ConfigurationError {
        ConfigurationError(origins[setting], setting, ValueError(message))
    }
}

/// Whether STARTTLS is offered.
package enum StartTLSOffer: Sendable, Equatable {
    /// Where a certificate was given, which clients may trust.
    case auto
    case always
    case never

    /// As it is written: `auto`, `True` or `False`.
    package var written: String {
        switch self {
        case .auto: "auto"
        case .always: true.written
        case .never: false.written
        }
    }
}

/// A setting as a source has it.
package struct Assignment: Sendable, Equatable {
    package let setting: Setting
    package let text: String
    package let origin: Origin

    package init(_ setting: Setting, _ text: String, from origin: Origin) {
        self.setting = setting
        self.text = text
        self.origin = origin
    }
}

extension Assignment {
    /// The settings of an environment, in the order of its variables' names.
    static func all(of variables: [String: String]) -> [Assignment] {
        variables.sorted { $0.key < $1.key }.compactMap { variable, text in
            guard !text.isEmpty, let setting = Setting(variable: variable) else { return nil }
            return Assignment(setting, text, from: .environment)
        }
    }
}

/// Where a setting comes from.
package enum Origin: Sendable, Equatable {
    /// The command line.
    case option
    /// The environment.
    case environment
    /// A line of a file, counted from 1.
    case file(String, line: Int)
}

/// Why a text is no value for a setting, in words that follow the setting's name.
package struct ValueError: Error, Equatable {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// What is wrong with a configuration: one line that says where, what, and what is right.
package struct ConfigurationError: Error, CustomStringConvertible, Equatable {
    package let description: String
    /// Whether it is the command line that is wrong (exit code 64), and not a file or the
    /// environment (78).
    package let isUsage: Bool

    init(_ origin: Origin?, _ setting: Setting, _ error: ValueError) {
        isUsage = origin == .option
        switch origin {
        case .option: description = "--\(setting.name): \(error.description)"
        case .environment: description = "\(setting.variable): \(error.description)"
        case .file(let path, let line):
            description = "\(path):\(line): \(setting.name): \(error.description)"
        case nil: description = "\(setting.name): \(error.description)"
        }
    }

    init(_ description: String, isUsage: Bool) {
        self.description = description
        self.isUsage = isUsage
    }

    init(_ path: String, line: Int, _ message: String) {
        isUsage = false
        description = "\(path):\(line): \(message)"
    }

    /// Makes an error of a file of rules, or of addresses, that cannot be read.
    package init(rules path: String, _ message: String) {
        isUsage = false
        description = "cannot read \(path), which rules need: \(message)"
    }

    /// Makes an error of a file that cannot be read as a whole.
    package init(_ path: String, _ message: String) {
        isUsage = false
        description = "cannot read the configuration file \(path): \(message); check --conf"
    }
}
