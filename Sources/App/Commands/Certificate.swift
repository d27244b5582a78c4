import ArgumentParser
import BlackholeDaemon
import BlackholeSink
import BlackholeTLS
import Glibc

/// `blackhole certificate`: makes a certificate once, which the server serves and clients trust.
struct Certificate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a certificate for --ssl_cert, once, that clients can trust.",
        discussion: """
            Writes a private key and its certificate to a new file, which only its owner may read, \
            and prints the certificate alone:

              blackhole certificate --out server.pem > ca.crt
              blackhole run --port 2525 --ssl_port 2465 --ssl_cert server.pem
              curl --cacert ca.crt smtps://localhost:2465 …

            It is for the --host_name, localhost, 127.0.0.1 and ::1. A good file that is there is \
            kept, and its certificate printed; nothing is ever overwritten. Takes the options of \
            run. Exit codes: 0 made or kept, 64 wrong usage, 73 the file cannot be written, \
            78 there is another file, or a wrong configuration.
            """)

    @Option(
        help: ArgumentHelp("The file for the key and the certificate.", valueName: "file"),
        completion: .file())
    var out: String

    @OptionGroup(visibility: .hidden) var options: SettingOptions

    func run() throws {
        let source = ConfigurationSource(options)
        let settings = try source.load()
        let path = try source.absolute(out)
        let store = try CertificateStore(path, names: settings.certificateNames)
        let identity = store.identity
        print(identity.certificatePEM, terminator: "")
        Blackhole.report(
            "\(store.isKept ? "kept" : "wrote") \(path), for \(identity.namesText), until "
                + "\(identity.expiryText), SHA-256 \(identity.fingerprint)")
        Blackhole.report(
            "serve it by --ssl_cert=\(path); clients trust the certificate on standard output")
    }
}
