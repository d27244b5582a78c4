internal import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP

/// Something that can be set: a row of the one table behind the command line, the environment, the
/// configuration file, `--help`, the manual page, the completions, the example file and a reload.
package struct Setting: Sendable {
    /// The name, as the command line (behind two dashes) and the file have it.
    package let name: String
    /// Stands for the value in `--help`.
    package let valueName: String
    package let shape: Shape
    package let completion: Completion
    package let reload: Reload
    /// What it does, in a sentence or two.
    package let help: String
    /// The default, in words where no value says it.
    package let defaultText: String
    /// A value for the example file.
    let example: String
    /// Sets it from the texts that a source has for it: one, or the members of a list.
    let set: @Sendable (inout Configuration, [String]) throws(ValueError) -> Void
    /// Its value in a configuration, in words where no value says it.
    package let text: @Sendable (Configuration) -> String
    /// Whether two configurations have the same value.
    package let isSame: @Sendable (Configuration, Configuration) -> Bool
    /// Copies the value from the second configuration into the first.
    let copy: @Sendable (inout Configuration, Configuration) -> Void

    /// How its value stands in a source.
    package enum Shape: Sendable {
        case single
        /// True or false; a bare option means true.
        case boolean
        /// Several values make a list.
        case list
        /// A list whose members may hold blanks: in the file it goes to the end of its line.
        case line
        /// Text to the end of its line, whatever stands in it; every source adds to it.
        case rule
    }

    /// What a shell completes its value with.
    package enum Completion: Sendable {
        case none, file, directory
        case words([String])
    }

    /// What a reload does with a new value.
    package enum Reload: Sendable {
        /// New connections are served by it.
        case live
        /// Nothing: it takes privileges, or threads.
        case restart
        /// It says where to listen: only what needs no other sockets is live.
        case place
    }

    /// Makes a row.
    ///
    /// - Parameters:
    ///   - place: where a configuration has the value.
    ///   - form: how it is read and written.
    ///   - defaultText: says the default where no value does.
    ///   - example: a value for the example file; the default if nil.
    init<Value>(
        _ name: String, _ place: any WritableKeyPath<Configuration, Value> & Sendable,
        _ form: Form<Value>, reload: Reload = .live, default defaultText: String? = nil,
        example: String? = nil, _ help: String
    ) {
        self.name = name
        self.help = help
        self.reload = reload
        valueName = form.valueName
        shape = form.shape
        completion = form.completion
        let words = defaultText ?? form.write(Configuration()[keyPath: place])
        self.defaultText = words
        self.example = example ?? words
        set = { configuration, texts throws(ValueError) in
            configuration[keyPath: place] = try form.read(texts)
        }
        text = { configuration in
            let text = form.write(configuration[keyPath: place])
            return text.isEmpty ? words : text
        }
        isSame = { $0[keyPath: place] == $1[keyPath: place] }
        copy = { $0[keyPath: place] = $1[keyPath: place] }
    }

    /// Every setting, in the order of `--help`.
    package static let all: [Setting] = common + console

    private static let common: [Setting] = [
        Setting(
            "host", \.hosts, .hosts, reload: .place,
            "Where to listen: an IPv4 or IPv6 address, a name, or unix:/path. May be repeated."),
        Setting(
            "port", \.ports, .ports, reload: .place,
            "The port to listen on; 0 lets the kernel choose. May be repeated."),
        Setting(
            "listen", \.listen, .endpoints, reload: .place, default: "none",
            example: "127.0.0.1:25 mode=bounce delay=0.5-3, [::1]:25",
            "A listener with settings of its own, instead of host and port: [address]:port, and "
                + "behind it mode=, delay=, stage= and rule='…' as needed. May be repeated."),
        Setting(
            "tls_listen", \.tlsListen, .endpoints, reload: .place, default: "none",
            example: "127.0.0.1:465 mode=random stage=rcpt",
            "The same where TLS begins with the first byte, instead of ssl_port."),
        Setting(
            "mode", \.policy.mode, .named("mode"),
            "What to do with mail: \(Mode.listed)."),
        Setting(
            "stage", \.policy.stage, Form<ModeStage>.named("stage").optional, default: "message",
            "Where in a session the mode speaks: \(ModeStage.listed); connect is the default of "
                + "offline and unavailable."),
        Setting(
            "accept_codes", \.policy.acceptCodes, .codes(250...253),
            "What to accept with: one of these by chance. Many clients, Python's smtplib among "
                + "them, take anything but 250 behind a message for a failure."),
        Setting(
            "bounce_codes", \.policy.bounce, .bounceCodes,
            "What to bounce with: one of these by chance. stage:code,… sets the codes of one "
                + "stage alone. May be repeated."),
        Setting(
            "accept_ratio", \.policy.acceptRatio, .ratio,
            "How much of the mail the mode random accepts."),
        Setting(
            "delay", \.policy.delay, Form.delay.optional, default: "none", example: "2",
            "How long to hold the mode's reply back: seconds or least-most, with fractions if need "
                + "be. Nobody else waits."),
        Setting(
            "rule", \.rules, .rules, default: "none",
            example: "rcpt to=*@full.example first=2 -> 452 4.2.2 Mailbox full",
            "A rule: at a stage, if its tests hold, this often, do something. Rules are tried in order, "
                + "before mode and stage. May be repeated."),
        Setting(
            "rules", \.ruleFiles, .paths, default: "none", example: "/etc/blackhole/greylist.rules",
            "A file of rules, one on each line; a line @/path stands for the rules of another file. "
                + "May be repeated."),
        Setting(
            "address_rules", \.readsAddresses, .bool,
            "Whether a recipient's address chooses its reply: you+do-452@…, 450-you@…, "
                + "bounce-550@…."),
        Setting(
            "dynamic_switch", \.policy.hasHeaderSwitches, .bool,
            "Whether a message's X-Blackhole-Do, X-Blackhole-Mode and X-Blackhole-Delay headers "
                + "decide for it."),
        Setting(
            "seed", \.seed, Form.seed.optional, default: "by chance", example: "1",
            "Repeats what was drawn by chance; the log tells the seed in use."),
        Setting(
            "ssl", \.hasTLS, .bool, reload: .place,
            "Whether there is TLS at all: ssl_port, and STARTTLS as starttls says."),
        Setting(
            "starttls", \.startTLS, .offer,
            "Whether STARTTLS is offered. auto offers it if ssl_cert is set: many clients use it "
                + "unasked, and refuse a certificate that they do not trust."),
        Setting(
            "ssl_port", \.sslPorts, .portsOrNone, reload: .place,
            "The port where TLS begins with the first byte; none for none. May be repeated."),
        Setting(
            "ssl_cert", \.certificatePath, Form.path("path").optional,
            default: "one made in memory", example: "/etc/ssl/certs/blackhole.crt",
            "The certificate in PEM, its chain after it. blackhole certificate makes one."),
        Setting(
            "ssl_key", \.keyPath, Form.path("path").optional, default: "in the file of ssl_cert",
            example: "/etc/ssl/private/blackhole.key",
            "Its private key in PEM."),
        Setting(
            "ssl_ca_certs_dir", \.trustPath, Form.path("path", completion: .directory).optional,
            default: "/etc/ssl/certs, asking nobody", example: "/etc/ssl/certs",
            "Certificate authorities. Where it is named, clients are asked for a certificate, and "
                + "believed if one of these has signed it."),
        Setting(
            "auth_require_tls", \.isAuthAfterTLS, .bool,
            "Whether AUTH is offered under TLS only."),
        Setting(
            "ssl_groups", \.tlsGroups, Form.word("names").optional,
            default: "X25519MLKEM768, X25519, P-256, P-384, as far as OpenSSL has them",
            example: "X25519:P-256:P-384",
            "Groups for the key exchange, best first, separated by colons, as OpenSSL spells them."),
        Setting(
            "ssl_signature_algorithms", \.tlsSignatureAlgorithms, Form.word("names").optional,
            default: "OpenSSL's own", example: "ecdsa_secp256r1_sha256",
            "Signature algorithms, best first, separated by colons, as OpenSSL spells them."),
        Setting(
            "host_name", \.hostName, Form.hostName.optional, default: "this machine's",
            example: "mail.example.org",
            "The name that the server greets with."),
        Setting(
            "lenient", \.isLenient, .bool,
            "Whether to accept what old devices send: commands in any order, malformed names and paths."
        ),
        Setting(
            "connections_limit", \.quota.maximumConnections, .count(),
            "How many connections there may be at once; the next gets 421. 0 for as many as there "
                + "are descriptors: then the next wait."),
        Setting(
            "connections_per_address_limit", \.quota.maximumPerAddress, .count(),
            "How many of them may come from one address, or from one /64 of IPv6; 0 for no limit."),
        Setting(
            "handshakes_limit", \.handshakes.maximumConnections, .count(),
            "How many TLS handshakes may be in progress at once; the next is closed. 0 for no limit."
        ),
        Setting(
            "handshakes_per_address_limit", \.handshakes.maximumPerAddress, .count(),
            "How many of them may come from one address, or from one /64 of IPv6; 0 for no limit."),
        Setting(
            "message_size_limit", \.limits.maximumMessageSize, .size,
            "The largest message, in bytes or with one of the units \(Units.size.help); 0 for no "
                + "limit."),
        Setting(
            "recipients_limit", \.limits.maximumRecipients, .count(100...1_000_000_000),
            "How many recipients a message may have, at least 100."),
        Setting(
            "messages_limit", \.limits.maximumMessages, .count(0...Int.max),
            "How many messages a connection may bring; 0 for no limit."),
        Setting(
            "commands_limit", \.limits.maximumCommands, .count(0...Int.max),
            "How many commands a connection may bring; 0 for no limit."),
        Setting(
            "errors_limit", \.limits.maximumErrorsInRow, .count(1...1_000_000_000),
            "How many commands in a row may be refused before the connection is closed."),
        Setting(
            "idle_timeout", \.limits.idle, .time(1...86_400),
            "How long a client may stay silent."),
        Setting(
            "content_timeout", \.limits.contentIdle, Form.time(1...86_400).optional,
            default: "that of idle_timeout", example: "300",
            "How long a client may stay silent within a message, if not as long as elsewhere."),
        Setting(
            "handshake_timeout", \.handshake, .time(1...86_400),
            "How long a TLS handshake may take."),
        Setting(
            "session_timeout", \.limits.session, Form.time(0...31_536_000).zeroForNone,
            "How long a session may last, whatever it does; 0 for no limit."),
        Setting(
            "socket_mode", \.socketMode, .fileMode, reload: .restart,
            "The mode of the files of unix-domain sockets, in octal."),
        Setting(
            "socket_user", \.socketUser, Form.word("user").optional, reload: .restart,
            default: "the user that serves", example: "blackhole",
            "The user who owns them."),
        Setting(
            "socket_group", \.socketGroup, Form.word("group").optional, reload: .restart,
            default: "the group that serves", example: "mail",
            "The group that owns them."),
        Setting(
            "workers", \.workers, Form.workers.optional, reload: .restart,
            default: "one a processor",
            example: "1",
            "Event loops, each a thread."),
        Setting(
            "grace", \.grace, .time(0...3_600),
            "What messages in flight get to finish when the server stops."),
        Setting(
            "user", \.user, Form.word("user").optional, reload: .restart, default: "blackhole",
            "The user to become when started as root."),
        Setting(
            "group", \.group, Form.word("group").optional, reload: .restart, default: "blackhole",
            "The group to become when started as root."),
        Setting(
            "pid", \.pidPath, .path(), reload: .restart,
            "The file with the server's process number."),
        Setting(
            "log", \.logPath, .path(), reload: .restart,
            "The file to log to (not very verbose); run logs to standard error instead."),
        Setting(
            "rates", \.ratesInterval, .time(0...86_400),
            "How often to log the rates while there is traffic; 0 for never."),
        Setting(
            "log_messages", \.logsMessages, .bool,
            "Whether to log a line for each message: from, to, id, size, reply, peer, TLS."),
        Setting(
            "debug", \.isDebugging, .bool,
            "Whether to log every session: what was said, without passwords, and how it went."),
        Setting(
            "conf", \.filePath, Form.path().optional, reload: .restart, default: "none",
            "A file of such settings. They override the command line."),
    ]
}
