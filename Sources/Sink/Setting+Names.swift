extension Setting {
    fileprivate static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static let otherNames = [
        "pidfile": "pid", "tls_cert": "ssl_cert", "tls_key": "ssl_key", "timeout": "idle_timeout",
        "max_message_size": "message_size_limit",
    ]

    /// The setting of that name, with dashes or underscores, or of a name that a later version of
    /// the original gave it.
    package init?(named name: String) {
        let name = String(name.map { $0 == "-" ? "_" : $0 })
        guard let setting = Setting.byName[Setting.otherNames[name] ?? name] else { return nil }
        self = setting
    }

    /// The environment's variable: `BLACKHOLE_PORT`.
    package var variable: String { Setting.variablePrefix + name.uppercased() }

    /// The setting of an environment's variable: `BLACKHOLE_PORT`, or one of the other names.
    package init?(variable: String) {
        guard variable.hasPrefix(Setting.variablePrefix), variable == variable.uppercased() else {
            return nil
        }
        self.init(named: variable.dropFirst(Setting.variablePrefix.count).lowercased())
    }

    /// What the variables of all settings begin with.
    package static let variablePrefix = "BLACKHOLE_"

    /// Whether several values make a list; of others the last one counts.
    package var isList: Bool { shape == .list || shape == .line || isAdded }

    /// Whether every source adds to it, and none replaces what another says.
    package var isAdded: Bool { self == "rule" || self == "rules" }

    /// Whether the file may have it.
    package var isForFile: Bool { self != "conf" }
}

extension Setting: Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    package static func == (one: Setting, other: Setting) -> Bool { one.name == other.name }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// The setting of that name, which there must be.
    package init(stringLiteral name: StaticString) {
        guard let setting = Setting.byName[name.description] else {
            preconditionFailure("there is no setting \(name)")
        }
        self = setting
    }

    package var description: String { name }
}
