internal import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP

extension Configuration {
    /// What is allowed and probably a mistake, a line each: where it is set, what it is, and what
    /// to do.
    package var warnings: [String] {
        unknownVariables.map { variable in
            let name = String(variable.dropFirst(Setting.variablePrefix.count))
            let near = Setting.nearest(to: name, among: Setting.all)
            let advice = near.map { "did you mean \($0.variable)?" }
            return "unknown variable \(variable.quoted); "
                + (advice ?? "blackhole run --help lists the settings")
        } + hostsWithPorts + overlaps + consoleWarnings
            + idle.map { warning($0.setting, "has no effect \($0.reason)") }
    }

    private func warning(_ setting: Setting, _ text: String) -> String {
        conflict(setting, text).description
    }

    /// Listeners that are set one by one, instead of hosts and ports.
    private var lines: [EndpointLine] { listen + tlsListen }

    // MARK: Addresses

    /// Hosts that end with a port, and so are neither an address nor a name.
    private var hostsWithPorts: [String] {
        guard lines.isEmpty else { return [] }
        return hosts.compactMap { host in
            guard !host.hasPrefix("unix:"), NetworkAddress(host, port: 0) == nil,
                let colon = host.lastIndex(of: ":"),
                let port = try? UInt16.port(String(host[host.index(after: colon)...]))
            else { return nil }
            let address = host[..<colon]
            return warning(
                "host", "\(host.quoted) has a port in it; use host=\(address) port=\(port)")
        }
    }

    /// Addresses within another one, which the kernel does not bind both.
    private var overlaps: [String] {
        let listeners = self.listeners.filter { $0.port != 0 }
        return listeners.flatMap { all in
            listeners.filter { all.includes($0) }.map { one in
                warning(
                    lines.isEmpty ? "host" : placing(one),
                    "\(one.address) is part of \(all.address): both cannot be bound; remove one")
            }
        }
    }
}

extension Endpoint {
    /// Whether this is every address of its family, and the other is one of them.
    fileprivate func includes(_ other: Endpoint) -> Bool {
        guard port == other.port else { return false }
        return switch (numericAddress, other.numericAddress) {
        case (.ipv4(0, _), .ipv4(let address, _)): address != 0
        case (.ipv6(0, 0, _, _), .ipv6(let high, let low, _, _)): (high, low) != (0, 0)
        default: false
        }
    }
}

// MARK: Settings without effect

extension Configuration {
    private typealias Idle = (setting: Setting, reason: String)

    /// What was set and changes nothing, with the reason.
    private var idle: [Idle] {
        var settings: Set<Setting> = []
        return (idlePlaces + idleTLS + idleLimits + idlePolicy + idleConsole).filter {
            settings.insert($0.setting).inserted
        }
    }

    /// Those settings of some that were set, if they are idle for a reason.
    ///
    /// What the environment sets is a default: that a source above it has another idea is no
    /// mistake.
    private func idle(
        _ settings: Setting..., if isIdle: Bool, because causes: Setting..., reason: String
    ) -> [Idle] {
        guard isIdle else { return [] }
        let isAmbient = causes.contains { origins[$0] == .environment }
        return settings.filter { setting in
            guard let origin = origins[setting] else { return false }
            return origin != .environment || isAmbient
        }.map { ($0, reason) }
    }

    private var idlePlaces: [Idle] {
        let hasPaths = (listeners.map(\.host) + console.places.map(\.host))
            .contains { $0.hasPrefix("unix:") && !$0.hasPrefix("unix:@") }
        return idle(
            "host", "port", "ssl_port", if: !lines.isEmpty, because: "listen", "tls_listen",
            reason: "next to \(listen.isEmpty ? "tls_listen" : "listen")")
            + idle(
                "port", "ssl_port", if: hosts.allSatisfy { $0.hasPrefix("unix:") }, because: "host",
                reason: "where every host is a unix-domain socket")
            + idle(
                "socket_mode", "socket_user", "socket_group", if: !hasPaths, because: "host",
                "listen",
                "tls_listen", reason: "without a unix-domain socket that is a file")
    }

    private var idleTLS: [Idle] {
        let withoutTLS = "with ssl=False"
        return idle(
            "ssl_cert", "ssl_key", "ssl_ca_certs_dir", "ssl_groups", "ssl_signature_algorithms",
            "handshake_timeout", "handshakes_limit", "handshakes_per_address_limit", if: !hasTLS,
            because: "ssl", reason: withoutTLS)
            + idle(
                "ssl_port", if: !hasTLS && !sslPorts.isEmpty, because: "ssl", reason: withoutTLS)
            + idle(
                "auth_require_tls",
                if: isAuthAfterTLS && !offersStartTLS
                    && !listeners.contains(where: \.isImplicitTLS),
                because: "starttls", "ssl_port",
                reason: "but to keep AUTH from everybody: no client can get TLS; set ssl_cert, "
                    + "starttls=True or ssl_port")
            + idle(
                "starttls", if: !hasTLS && startTLS == .always, because: "ssl", reason: withoutTLS)
            + idle(
                "starttls", if: startTLS == .always && listeners.allSatisfy(\.isImplicitTLS),
                because: "tls_listen", reason: "where TLS begins with the first byte everywhere")
    }

    private var idleLimits: [Idle] {
        idle(
            "connections_per_address_limit", if: quota.isPerAddressIdle,
            because: "connections_limit",
            reason: "unless it is lower than connections_limit")
            + idle(
                "handshakes_per_address_limit", if: handshakes.isPerAddressIdle,
                because: "handshakes_limit", reason: "unless it is lower than handshakes_limit")
    }

    private var idlePolicy: [Idle] {
        let policies = listeners.map(\.policy)
        let isSame = policies.allSatisfy { $0.saysTheSameEverywhere }
        let stages = ModeStage.allCases.filter { stage in
            policies.contains { $0.bounces(at: stage) }
        }
        let bounces = stages.contains { policy.bounceCodesByStage[$0] == nil }
        let unheard = policy.bounceCodesByStage.keys.filter { !stages.contains($0) }.map(\.rawValue)
        let hasCodes = policy.bounceCodes != ModeSettings.allBounceCodes
        return idleUnderFlags
            + idle(
                "stage", if: isSame, because: "mode",
                reason: "with mode=accept and neither delay nor accept_codes")
            + idle(
                "accept_codes", if: !policies.contains { $0.accepts }, because: "mode", "stage",
                reason: "as no mode accepts at rcpt or message")
            + idle(
                "bounce_codes", if: stages.isEmpty || hasCodes && !bounces, because: "mode",
                reason: "as no mode bounces with them")
            + idle(
                "bounce_codes", if: !unheard.isEmpty, because: "mode", "stage",
                reason: "at \(unheard.sorted().joined(separator: ", ")): no mode bounces there")
            + idle(
                "accept_ratio", if: !policies.contains { $0.drawsRatio }, because: "mode",
                reason: "without mode=random")
    }

    private var idleConsole: [Idle] {
        idle(
            "http_user", "http_password_file", "http_tls", "http_read_only", "http_names",
            "http_origin", "http_open", "metrics_domains", "keep", "keep_bytes", "sessions",
            "transcripts", if: !console.isServed, because: "http", reason: "without http")
            + idle(
                "keep_bytes", "sessions", "transcripts", if: console.keep == 0, because: "keep",
                reason: "with keep=0")
            + idle(
                "http_open", if: console.isOpen && !console.isOpenToAll && console.names.isEmpty,
                because: "http", "http_user",
                reason: "where a password is asked for, or only this machine reaches the console")
    }

    /// What every listener has a flag of its own for.
    private var idleUnderFlags: [Idle] {
        guard !lines.isEmpty else { return [] }
        let reason = "as every listener has its own"
        return idle(
            "mode", if: lines.allSatisfy { $0.mode != nil }, because: "listen", "tls_listen",
            reason: reason)
            + idle(
                "stage", if: lines.allSatisfy { $0.stage != nil }, because: "listen", "tls_listen",
                reason: reason)
            + idle(
                "delay", if: lines.allSatisfy { $0.delay != nil }, because: "listen", "tls_listen",
                reason: reason)
            + idle(
                "dynamic_switch", if: policy.hasHeaderSwitches && lines.allSatisfy(\.hasFlags),
                because: "listen", "tls_listen", reason: "on listeners with flags of their own")
    }
}

extension ModeSettings {
    /// Whether its stage makes no difference.
    fileprivate var saysTheSameEverywhere: Bool {
        mode == .accept && delay == nil && acceptCodes == [.ok]
    }

    /// Whether it draws from its codes to bounce with at a stage: by its mode or by headers.
    fileprivate func bounces(at stage: ModeStage) -> Bool {
        hasHeaderSwitches && stage == .message
            || (mode == .bounce || mode == .random) && effectiveStage == stage
    }

    /// Whether it draws from its codes to accept with.
    fileprivate var accepts: Bool {
        hasHeaderSwitches
            || (mode == .accept || mode == .random)
                && (effectiveStage == .rcpt || effectiveStage == .message)
    }

    fileprivate var drawsRatio: Bool { mode == .random || hasHeaderSwitches }
}

extension ConnectionQuota.Limits {
    /// Whether the limit of all is reached first.
    fileprivate var isPerAddressIdle: Bool {
        maximumPerAddress > 0 && maximumConnections > 0 && maximumPerAddress >= maximumConnections
    }
}
