import ArgumentParser
import Sink

/// The options of every command: one for each setting.
struct SettingOptions: ParsableArguments {
    @Option(.host) var host: [String]
    @Option(.port) var port: [String]
    @Option(.listen) var listen: [String]
    @Option(.tls_listen) var tlsListen: [String]
    @Option(.mode) var mode: [String]
    @Option(.stage) var stage: [String]
    @Option(.accept_codes) var acceptCodes: [String]
    @Option(.bounce_codes) var bounceCodes: [String]
    @Option(.accept_ratio) var acceptRatio: [String]
    @Option(.delay) var delay: [String]
    @Option(.dynamic_switch) var dynamicSwitch: [String]
    @Option(.seed) var seed: [String]
    @Option(.ssl) var ssl: [String]
    @Option(.starttls) var startTLS: [String]
    @Option(.ssl_port) var sslPort: [String]
    @Option(.ssl_cert) var sslCert: [String]
    @Option(.ssl_key) var sslKey: [String]
    @Option(.ssl_ca_certs_dir) var sslCaCertsDir: [String]
    @Option(.ssl_groups) var sslGroups: [String]
    @Option(.ssl_signature_algorithms) var sslSignatureAlgorithms: [String]
    @Option(.auth_require_tls) var authRequireTLS: [String]
    @Option(.host_name) var hostName: [String]
    @Option(.lenient) var lenient: [String]
    @Option(.connections_limit) var connectionsLimit: [String]
    @Option(.connections_per_address_limit) var connectionsPerAddressLimit: [String]
    @Option(.handshakes_limit) var handshakesLimit: [String]
    @Option(.handshakes_per_address_limit) var handshakesPerAddressLimit: [String]
    @Option(.message_size_limit) var messageSizeLimit: [String]
    @Option(.recipients_limit) var recipientsLimit: [String]
    @Option(.messages_limit) var messagesLimit: [String]
    @Option(.commands_limit) var commandsLimit: [String]
    @Option(.errors_limit) var errorsLimit: [String]
    @Option(.idle_timeout) var idleTimeout: [String]
    @Option(.content_timeout) var contentTimeout: [String]
    @Option(.handshake_timeout) var handshakeTimeout: [String]
    @Option(.session_timeout) var sessionTimeout: [String]
    @Option(.socket_mode) var socketMode: [String]
    @Option(.socket_user) var socketUser: [String]
    @Option(.socket_group) var socketGroup: [String]
    @Option(.workers) var workers: [String]
    @Option(.grace) var grace: [String]
    @Option(.user) var user: [String]
    @Option(.group) var group: [String]
    @Option(.pid) var pid: [String]
    @Option(.log) var log: [String]
    @Option(.rates) var rates: [String]
    @Option(.log_messages) var logMessages: [String]
    @Option(.debug) var debug: [String]
    @Option(.conf) var conf: [String]

    /// What was said of a setting, in its order.
    private func texts(of setting: Setting) -> [String] {
        switch setting {
        case .host: host
        case .port: port
        case .listen: listen
        case .tls_listen: tlsListen
        case .mode: mode
        case .stage: stage
        case .accept_codes: acceptCodes
        case .bounce_codes: bounceCodes
        case .accept_ratio: acceptRatio
        case .delay: delay
        case .dynamic_switch: dynamicSwitch
        case .seed: seed
        case .ssl: ssl
        case .starttls: startTLS
        case .ssl_port: sslPort
        case .ssl_cert: sslCert
        case .ssl_key: sslKey
        case .ssl_ca_certs_dir: sslCaCertsDir
        case .ssl_groups: sslGroups
        case .ssl_signature_algorithms: sslSignatureAlgorithms
        case .auth_require_tls: authRequireTLS
        case .host_name: hostName
        case .lenient: lenient
        case .connections_limit: connectionsLimit
        case .connections_per_address_limit: connectionsPerAddressLimit
        case .handshakes_limit: handshakesLimit
        case .handshakes_per_address_limit: handshakesPerAddressLimit
        case .message_size_limit: messageSizeLimit
        case .recipients_limit: recipientsLimit
        case .messages_limit: messagesLimit
        case .commands_limit: commandsLimit
        case .errors_limit: errorsLimit
        case .idle_timeout: idleTimeout
        case .content_timeout: contentTimeout
        case .handshake_timeout: handshakeTimeout
        case .session_timeout: sessionTimeout
        case .socket_mode: socketMode
        case .socket_user: socketUser
        case .socket_group: socketGroup
        case .workers: workers
        case .grace: grace
        case .user: user
        case .group: group
        case .pid: pid
        case .log: log
        case .rates: rates
        case .log_messages: logMessages
        case .debug: debug
        case .conf: conf
        }
    }

    /// All that the command line says.
    var assignments: [Assignment] {
        Setting.allCases.flatMap { setting in
            texts(of: setting).map { Assignment(setting, $0, from: .option) }
        }
    }
}

extension Option where Value == [String] {
    /// The option of a setting, as the table has it.
    init(_ setting: Setting) {
        self.init(
            wrappedValue: [], name: .customLong(setting.name),
            parsing: .unconditionalSingleValue,
            help: ArgumentHelp(
                "\(setting.help) (default: \(setting.defaultText))", valueName: setting.valueName),
            completion: setting.completion)
    }
}

extension Setting {
    fileprivate var completion: CompletionKind {
        switch self {
        case .ssl_cert, .ssl_key, .pid, .log, .conf: .file()
        case .ssl_ca_certs_dir: .directory
        case .mode: .list(Mode.allCases.map(\.rawValue))
        case .stage: .list(Stage.allCases.map(\.rawValue))
        case .starttls: .list(["auto", true.written, false.written])
        default: isBoolean ? .list([true.written, false.written]) : .default
        }
    }
}
