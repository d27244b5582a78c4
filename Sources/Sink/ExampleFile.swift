/// The example of a configuration file, made from the table of settings.
package enum ExampleFile {
    /// The file's text: every setting with what it does and its default, commented out.
    package static var text: String {
        var lines = [
            "# Settings of blackhole. Every one is at its default: take away a # to change it.",
            "#",
            "#   blackhole start --conf=FILE     what stands here overrides the command line",
            "#   blackhole check --conf=FILE     says what a file would do, and what is wrong in it",
            "#",
            "# A setting is name=value. Quotes and blanks around = are as you like, several may",
            "# stand on one line, and nothing of it is executed.",
            "#",
            "# Numbers may have a unit, in either case. Times are in seconds, or end with s, m or h;",
            "# counts may end with k or M (500k is 500,000), sizes with k, M or G (powers of 1024).",
        ]
        for setting in Setting.allCases where setting.isForFile {
            lines.append("")
            lines += wrapped(setting.help).map { "# \($0)" }
            lines.append(example(of: setting))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func example(of setting: Setting) -> String {
        switch setting {
        case .listen: "#listen=127.0.0.1:25 mode=bounce delay=0.5-3, [::1]:25"
        case .tls_listen: "#tls_listen=127.0.0.1:465 mode=random stage=rcpt"
        case .delay: "#delay=2"
        case .seed: "#seed=1"
        case .ssl_cert: "#ssl_cert=/etc/ssl/certs/blackhole.crt"
        case .ssl_key: "#ssl_key=/etc/ssl/private/blackhole.key"
        case .ssl_ca_certs_dir: "#ssl_ca_certs_dir=/etc/ssl/certs"
        case .ssl_groups: "#ssl_groups=X25519:P-256:P-384"
        case .ssl_signature_algorithms: "#ssl_signature_algorithms=ecdsa_secp256r1_sha256"
        case .socket_user: "#socket_user=blackhole"
        case .socket_group: "#socket_group=mail"
        case .host_name: "#host_name=mail.example.org"
        case .workers: "#workers=1"
        case .content_timeout: "#content_timeout=300"
        case .stage: "#stage=\(setting.defaultText)"
        default: "#\(setting.name)=\(setting.defaultText)"
        }
    }

    private static func wrapped(_ text: String) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if line.count + word.count < 90 {
                lines[lines.count - 1] = line + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
