extension Setting {
    /// The settings of the console.
    static let console: [Setting] = [
        Setting(
            "http", \.console.places, .places, reload: .restart, default: "none",
            example: "127.0.0.1:8025, unix:/run/blackhole/http.sock",
            "Where the console listens: the page, the API and metrics, over HTTP. "
                + "[address]:port or unix:/path; the file's mode is 0600. May be repeated."),
        Setting(
            "http_user", \.console.user, Form.userName.optional, reload: .restart, default: "none",
            example: "tester",
            "The user whose name and password the console asks for (Basic authentication)."),
        Setting(
            "http_password_file", \.console.passwordPath, Form.path().optional, reload: .restart,
            default: "none", example: "/etc/blackhole.password",
            "A file whose first line is the password."),
        Setting(
            "http_tls", \.console.hasTLS, .bool, reload: .restart,
            "Whether the console is served over TLS, with the server's certificate."),
        Setting(
            "http_read_only", \.console.isReadOnly, Form.bool.optional, reload: .restart,
            default: "False, but rules cannot be changed where http_open is needed",
            example: "True",
            "Whether the console changes nothing."),
        Setting(
            "http_names", \.console.names, .words("name"), reload: .restart, default: "none",
            example: "blackhole.test.example",
            "Names that requests may have in Host, besides addresses and localhost; * for any. "
                + "May be repeated."),
        Setting(
            "http_origin", \.console.origins, .origins, reload: .restart, default: "none",
            example: "https://tests.example",
            "Foreign origins whose pages may call the API. May be repeated."),
        Setting(
            "http_open", \.console.isOpen, .bool, reload: .restart,
            "Whether the console may be reached from other machines without a password."),
        Setting(
            "health_peers", \.healthPeers, .networks, default: "none",
            example: "10.0.0.5, 192.0.2.0/24",
            "Peers that only look whether the server lives: no rule matches them, no pace counts "
                + "them, and the console does not show them. May be repeated."),
        Setting(
            "metrics_domains", \.console.domains, .words("domain"), reload: .restart,
            default: "none", example: "example.org, example.net",
            "Domains of recipients that have metrics of their own. May be repeated."),
        Setting(
            "keep", \.console.keep, Form.count(0...1_000_000).optional, reload: .restart,
            default: "100 with http, otherwise 0", example: "1000",
            "How many messages, taken or refused, are kept in memory for the console; 0 for none."),
        Setting(
            "keep_bytes", \.console.keepBytes, .size, reload: .restart, default: "64MiB",
            "The bytes of contents that are in memory for the console: half of it for messages that are "
                + "kept, half for those on their way. 0 keeps no content."),
        Setting(
            "sessions", \.console.sessions, .count(0...100_000), reload: .restart,
            "How many sessions the console remembers."),
        Setting(
            "transcripts", \.console.keepsTranscripts, .bool,
            "Whether the console shows what was said, without passwords."),
        Setting(
            "addresses", \.console.addressesPath, Form.path().optional, reload: .restart,
            default: "none", example: "/run/blackhole/addresses.json",
            "A file to which all addresses are written as JSON once the server listens, with the ports "
                + "that the kernel chose."),
    ]
}
