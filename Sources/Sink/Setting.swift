internal import Pipeline
internal import SMTP

/// Everything that can be set: the one table behind the command line, the environment, the
/// configuration file, `--help`, the manual page and the example file.
package enum Setting: String, CaseIterable, Sendable {
    case host, port, listen, tls_listen
    case mode, stage, accept_codes, bounce_codes, accept_ratio, delay, dynamic_switch, seed
    case ssl, starttls, ssl_port, ssl_cert, ssl_key, ssl_ca_certs_dir, auth_require_tls
    case ssl_groups, ssl_signature_algorithms
    case host_name, lenient
    case connections_limit, connections_per_address_limit
    case handshakes_limit, handshakes_per_address_limit
    case message_size_limit, recipients_limit, messages_limit, commands_limit, errors_limit
    case idle_timeout, content_timeout, handshake_timeout, session_timeout
    case socket_mode, socket_user, socket_group
    case workers, grace, user, group, pid, log, rates, log_messages, debug
    case conf

    /// The name, as the command line (behind two dashes) and the file have it.
    package var name: String { rawValue }

    /// The environment's variable: `BLACKHOLE_PORT`.
    package var variable: String { Setting.variablePrefix + name.uppercased() }

    /// The setting of that name, with dashes or underscores, or of a name that a later version of
    /// the original gave it.
    package init?(named name: String) {
        let name = String(name.map { $0 == "-" ? "_" : $0 })
        guard let setting = Setting(rawValue: name) ?? Setting.otherNames[name] else { return nil }
        self = setting
    }

    /// The setting of an environment's variable: `BLACKHOLE_PORT`, or one of the other names.
    package init?(variable: String) {
        guard variable.hasPrefix(Setting.variablePrefix), variable == variable.uppercased() else {
            return nil
        }
        self.init(named: variable.dropFirst(Setting.variablePrefix.count).lowercased())
    }

    /// What the variables of all settings begin with.
    package static let variablePrefix = "BLACKHOLE_"

    private static let otherNames: [String: Setting] = [
        "pidfile": .pid, "tls_cert": .ssl_cert, "tls_key": .ssl_key, "timeout": .idle_timeout,
        "max_message_size": .message_size_limit,
    ]

    /// Whether several values make a list; of others the last one counts.
    package var isList: Bool {
        switch self {
        case .host, .port, .ssl_port, .listen, .tls_listen, .accept_codes, .bounce_codes: true
        default: false
        }
    }

    /// Whether the value is true or false, and a bare option means true.
    package var isBoolean: Bool {
        switch self {
        case .ssl, .dynamic_switch, .auth_require_tls, .lenient, .log_messages, .debug: true
        default: false
        }
    }

    /// Whether the value goes to the end of its line in the file, for it may hold blanks.
    package var takesLine: Bool { self == .listen || self == .tls_listen }

    /// Whether the file may have it.
    package var isForFile: Bool { self != .conf }

    /// What stands for the value in `--help`.
    package var valueName: String {
        switch self {
        case .host: "ip"
        case .port, .ssl_port: "port"
        case .listen, .tls_listen: "[address]:port …"
        case .mode: "mode"
        case .stage: "stage"
        case .accept_codes: "codes"
        case .bounce_codes: "codes"
        case .accept_ratio: "0…1"
        case .delay: "seconds"
        case .seed: "number"
        case .ssl, .dynamic_switch, .auth_require_tls, .lenient, .log_messages, .debug: "bool"
        case .starttls: "auto|bool"
        case .ssl_groups, .ssl_signature_algorithms: "names"
        case .socket_mode: "mode"
        case .ssl_cert, .ssl_key, .ssl_ca_certs_dir: "path"
        case .host_name: "name"
        case .message_size_limit: "size"
        case .connections_limit, .connections_per_address_limit, .handshakes_limit,
            .handshakes_per_address_limit, .recipients_limit, .messages_limit, .commands_limit,
            .errors_limit, .workers:
            "count"
        case .idle_timeout, .content_timeout, .handshake_timeout, .session_timeout, .grace, .rates:
            "time"
        case .user, .socket_user: "user"
        case .group, .socket_group: "group"
        case .pid, .log, .conf: "file"
        }
    }

    /// What it does, in a sentence or two.
    package var help: String {
        switch self {
        case .host:
            "Where to listen: an IPv4 or IPv6 address, a name, or unix:/path. May be repeated."
        case .port: "The port to listen on; 0 lets the kernel choose. May be repeated."
        case .listen:
            "A listener with settings of its own, instead of host and port: [address]:port, and "
                + "behind it mode=, delay= and stage= as needed. May be repeated."
        case .tls_listen: "The same where TLS begins with the first octet, instead of ssl_port."
        case .mode: "What to do with mail: \(Mode.listed)."
        case .stage:
            "Where in a session the mode speaks: \(Stage.listed); connect is the default of "
                + "offline and unavailable."
        case .accept_codes:
            "What to accept with: one of these by chance. Many clients, Python's smtplib among "
                + "them, take anything but 250 behind a message for a failure."
        case .bounce_codes:
            "What to bounce with: one of these by chance. stage:code,… sets the codes of one "
                + "stage alone. May be repeated."
        case .accept_ratio: "How much of the mail the mode random accepts."
        case .delay:
            "How long to hold the mode's reply back: seconds or least-most, with fractions if need "
                + "be. Nobody else waits."
        case .dynamic_switch:
            "Whether a message's X-Blackhole-Mode and X-Blackhole-Delay headers switch for it."
        case .seed: "Repeats what was drawn by chance; the log tells the seed in use."
        case .ssl: "Whether there is TLS at all: ssl_port, and STARTTLS as starttls says."
        case .starttls:
            "Whether STARTTLS is offered. auto offers it if ssl_cert is set: many clients use it "
                + "unasked, and refuse a certificate that they do not trust."
        case .ssl_port:
            "The port where TLS begins with the first octet; none for none. May be repeated."
        case .ssl_cert:
            "The certificate in PEM, its chain after it. blackhole certificate makes one."
        case .ssl_key: "Its private key in PEM."
        case .ssl_ca_certs_dir:
            "Certificate authorities. Where it is named, clients are asked for a certificate, and "
                + "believed if one of these has signed it."
        case .ssl_groups:
            "Groups for the key exchange, best first, separated by colons, as OpenSSL spells them."
        case .ssl_signature_algorithms:
            "Signature algorithms, best first, separated by colons, as OpenSSL spells them."
        case .auth_require_tls: "Whether AUTH is offered under TLS only."
        case .host_name: "The name that the server greets with."
        case .connections_limit:
            "How many connections there may be at once; the next gets 421. 0 for as many as there "
                + "are descriptors: then the next wait."
        case .connections_per_address_limit:
            "How many of them may come from one address, or from one /64 of IPv6; 0 for no limit."
        case .handshakes_limit:
            "How many TLS handshakes may be in progress at once; the next is closed. 0 for no limit."
        case .handshakes_per_address_limit:
            "How many of them may come from one address, or from one /64 of IPv6; 0 for no limit."
        case .message_size_limit:
            "The largest message, in bytes or with one of the units \(Units.size.help); 0 for no "
                + "limit."
        case .recipients_limit: "How many recipients a message may have, at least 100."
        case .messages_limit: "How many messages a connection may bring; 0 for no limit."
        case .commands_limit: "How many commands a connection may bring; 0 for no limit."
        case .errors_limit:
            "How many commands in a row may be refused before the connection is closed."
        case .idle_timeout: "How long a client may stay silent."
        case .content_timeout:
            "How long a client may stay silent within a message, if not as long as elsewhere."
        case .handshake_timeout: "How long a TLS handshake may take."
        case .session_timeout: "How long a session may last, whatever it does; 0 for no limit."
        case .lenient:
            "Whether to accept what old devices send: commands in any order, malformed names and paths."
        case .socket_mode: "The mode of the files of unix-domain sockets, in octal."
        case .socket_user: "The user who owns them."
        case .socket_group: "The group that owns them."
        case .workers: "Event loops, each a thread."
        case .grace: "What messages in flight get to finish when the server stops."
        case .user: "The user to become when started as root."
        case .group: "The group to become when started as root."
        case .pid: "The file with the server's process number."
        case .log: "The file to log to (not very verbose); run logs to standard error instead."
        case .rates: "How often to log the rates while there is traffic; 0 for never."
        case .log_messages:
            "Whether to log a line for each message: from, to, id, size, reply, peer, TLS."
        case .debug:
            "Whether to log every session: what was said, without passwords, and how it went."
        case .conf: "A file of such settings. They override the command line."
        }
    }

    /// The default in words.
    package var defaultText: String {
        let configuration = Configuration()
        return switch self {
        case .host: configuration.hosts.joined(separator: ",")
        case .port: configuration.ports.map(String.init).joined(separator: ",")
        case .ssl_port: configuration.sslPorts.map(String.init).joined(separator: ",")
        case .listen, .tls_listen, .delay, .conf: "none"
        case .mode: configuration.policy.mode.rawValue
        case .stage: Stage.message.rawValue
        case .accept_codes: configuration.policy.acceptCodes.listed
        case .bounce_codes: configuration.policy.bounceCodes.listed
        case .accept_ratio: "\(configuration.policy.acceptRatio)"
        case .dynamic_switch: configuration.policy.hasHeaderSwitches.written
        case .seed: "by chance"
        case .ssl: configuration.hasTLS.written
        case .starttls: configuration.startTLS.written
        case .ssl_cert: "one made in memory"
        case .ssl_key: "in the file of ssl_cert"
        case .ssl_ca_certs_dir: "/etc/ssl/certs, asking nobody"
        case .ssl_groups: "X25519MLKEM768, X25519, P-256, P-384, as far as OpenSSL has them"
        case .ssl_signature_algorithms: "OpenSSL's own"
        case .auth_require_tls: configuration.isAuthAfterTLS.written
        case .host_name: "this machine's"
        case .connections_limit: "\(configuration.quota.connectionsMax)"
        case .connections_per_address_limit: "\(configuration.quota.perAddressMax)"
        case .handshakes_limit: "\(configuration.handshakes.connectionsMax)"
        case .handshakes_per_address_limit: "\(configuration.handshakes.perAddressMax)"
        case .message_size_limit: "\(configuration.limits.messageOctetsMax)"
        case .recipients_limit: "\(configuration.limits.recipientsMax)"
        case .messages_limit: "\(configuration.limits.messagesMax)"
        case .commands_limit: "\(configuration.limits.commandsMax)"
        case .errors_limit: "\(configuration.limits.errorsInRowMax)"
        case .idle_timeout: "\(configuration.limits.idle.components.seconds)"
        case .content_timeout: "that of idle_timeout"
        case .handshake_timeout: "\(configuration.handshake.components.seconds)"
        case .session_timeout: "0"
        case .lenient: configuration.isLenient.written
        case .socket_mode: "0" + String(configuration.socketMode, radix: 8)
        case .socket_user: "the user that serves"
        case .socket_group: "the group that serves"
        case .workers: "one a processor"
        case .grace: "\(configuration.grace.components.seconds)"
        case .user, .group: "blackhole"
        case .pid: configuration.pidPath
        case .log: configuration.logPath
        case .rates: "\(configuration.ratesInterval.components.seconds)"
        case .log_messages: configuration.logsMessages.written
        case .debug: configuration.isDebugging.written
        }
    }
}
