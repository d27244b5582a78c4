extension Configuration {
    /// The settings that a server cannot change while it runs and that `fresh` has changed.
    package func changesThatTakeRestart(to fresh: Configuration) -> [Setting] {
        var settings: [Setting] = []
        if hasTLS != fresh.hasTLS {
            settings.append(.ssl)
        } else if !offersStartTLS, fresh.offersStartTLS {
            settings.append(.starttls)
        }
        if listeners.map(\.place) != fresh.listeners.map(\.place) {
            settings.append(listen.isEmpty && fresh.listen.isEmpty ? .host : .listen)
        } else if zip(listeners, fresh.listeners).contains(where: {
            !$0.policy.hasHeaderSwitches && $1.policy.hasHeaderSwitches
        }) {
            settings.append(.dynamic_switch)
        }
        if socketMode != fresh.socketMode { settings.append(.socket_mode) }
        if socketUser != fresh.socketUser { settings.append(.socket_user) }
        if socketGroup != fresh.socketGroup { settings.append(.socket_group) }
        if workers != fresh.workers { settings.append(.workers) }
        if seed != fresh.seed { settings.append(.seed) }
        if user != fresh.user { settings.append(.user) }
        if group != fresh.group { settings.append(.group) }
        if pidPath != fresh.pidPath { settings.append(.pid) }
        if logPath != fresh.logPath { settings.append(.log) }
        if grace != fresh.grace { settings.append(.grace) }
        if ratesInterval != fresh.ratesInterval { settings.append(.rates) }
        if logsMessages != fresh.logsMessages { settings.append(.log_messages) }
        if isDebugging != fresh.isDebugging { settings.append(.debug) }
        return settings
    }

    /// This configuration with what a running server can take over from `fresh`.
    package func reloaded(from fresh: Configuration) -> Configuration {
        var new = self
        new.hostName = fresh.hostName
        new.limits = fresh.limits
        new.quota = fresh.quota
        new.handshake = fresh.handshake
        new.handshakes = fresh.handshakes
        new.startTLS = fresh.startTLS
        new.tlsGroups = fresh.tlsGroups
        new.tlsSignatureAlgorithms = fresh.tlsSignatureAlgorithms
        new.isLenient = fresh.isLenient
        new.isAuthAfterTLS = fresh.isAuthAfterTLS
        new.certificatePath = fresh.certificatePath
        new.keyPath = fresh.keyPath
        new.trustPath = fresh.trustPath
        guard listeners.map(\.place) == fresh.listeners.map(\.place) else { return new }
        new.policy = fresh.policy
        new.listen = fresh.listen
        new.tlsListen = fresh.tlsListen
        return new
    }
}

extension Listener {
    /// What a listener is bound to.
    fileprivate var place: String { "\(address) \(isImplicitTLS)" }
}
