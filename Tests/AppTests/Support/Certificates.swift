import BlackholeTestSupport
import Foundation

/// Certificates and keys, good and bad, in a folder of a test's own: see certificates.sh.
struct Certificates {
    private let folder = TemporaryDirectory()

    init() throws {
        let command = try Command.run(Paths.client("certificates.sh"), folder.path)
        guard command.exitCode == 0 else {
            throw TestError.wrong("no certificates: \(folder.text(of: "openssl.log"))")
        }
    }

    /// The path of a file, be there one or not.
    subscript(_ name: String) -> String { folder.file(name) }

    /// The options for a certificate with its key in its file.
    func options(_ name: String) -> [String] { ["--ssl_cert", self[name]] }

    /// Puts what is in one file into another, which nobody else may read.
    func replace(_ name: String, with other: String) throws {
        try folder.text(of: other).write(toFile: self[name], atomically: true, encoding: .utf8)
        chmod(self[name], 0o600)
    }

    /// The certificate's SHA-256 fingerprint, as the openssl program tells it.
    func fingerprint(_ name: String) throws -> String {
        let command = try Command.run(
            "openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", self[name])
        return try Fingerprint.parse(command)
    }
}

/// What tells one certificate from another.
enum Fingerprint {
    /// Reads what `openssl x509 -fingerprint -sha256` has said.
    static func parse(_ command: Command) throws -> String {
        let pattern = /sha256 Fingerprint=(?<value>[0-9A-F:]{95})\n/.ignoresCase()
        guard let match = command.output.firstMatch(of: pattern) else {
            throw TestError.wrong("no fingerprint: \(command.text)")
        }
        return String(match.value)
    }

    /// What a client is shown by a server.
    static func shown(at port: Int, _ options: String = "") throws -> String {
        try parse(
            .shell(
                """
                openssl s_client \(options) -connect 127.0.0.1:\(port) < /dev/null 2> /dev/null |
                    openssl x509 -noout -fingerprint -sha256
                """))
    }
}
