import ArgumentParser
import Foundation
import Logging
import Pipeline
import SMTP

/// `blackhole run`: serves in the foreground until it is told to stop.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve in the foreground.",
        discussion: """
            Logs to standard error. SIGHUP reads the certificate again. SIGTERM or SIGINT stops \
            it: no new connection is taken, what is in flight may finish, and a line of totals \
            ends the log. A second signal stops it at once.

            Exit codes: 0 stopped, 64 wrong usage, 69 address in use or not to be had, \
            77 not permitted, 78 a certificate or key that is no good.
            """)

    @Option(
        help: ArgumentHelp(
            "Where to listen: an IPv4 or IPv6 address, a name, or unix:/path. May be repeated.",
            valueName: "address"))
    var host: [String] = ["127.0.0.1"]

    @Option(help: "The port; 0 lets the kernel choose one, which the log tells.")
    var port: UInt16 = 2525

    @Option(
        help: ArgumentHelp(
            "Event loops, each a thread. (default: one a processor)", valueName: "count"))
    var workers: Int?

    @Option(
        help: ArgumentHelp(
            "The name that the server greets with. (default: this machine's)", valueName: "name"))
    var hostName: String?

    @Option(help: "Octets that a message may have; 0 for no limit.")
    var messageSizeLimit = SMTPLimits().messageOctetsMax

    @Option(help: "Recipients that a message may have, at least 100.")
    var recipientsLimit = SMTPLimits().recipientsMax

    @Option(help: "Seconds that a client may stay silent.")
    var idleTimeout = Int(SMTPLimits().idle.components.seconds)

    @Option(help: "Seconds that messages in flight get to finish when the server stops.")
    var grace = 10

    @Option(
        name: .customLong("ssl"),
        help: ArgumentHelp(
            "Whether STARTTLS is offered: true or false.", valueName: "boolean"))
    var ssl = true

    @Option(
        name: [.customLong("ssl_port"), .customLong("ssl-port")],
        help: ArgumentHelp(
            "A port where TLS begins with the first octet (RFC 8314).", valueName: "port"))
    var sslPort: UInt16?

    @Option(
        name: [.customLong("ssl_cert"), .customLong("ssl-cert")],
        help: ArgumentHelp(
            "A certificate in PEM, its chain behind it. (default: one made in memory)",
            valueName: "file"))
    var sslCert: String?

    @Option(
        name: [.customLong("ssl_key"), .customLong("ssl-key")],
        help: ArgumentHelp(
            "Its private key in PEM. (default: in the certificate's file)", valueName: "file"))
    var sslKey: String?

    @Option(
        name: [.customLong("ssl_ca_certs_dir"), .customLong("ssl-ca-certs-dir")],
        help: ArgumentHelp(
            "Ask clients for certificates, and believe those of this directory.",
            valueName: "directory"))
    var sslCaCertsDir: String?

    @Flag(help: "Log more: what is wrong with single connections.")
    var debug = false

    @Flag(help: "Take commands in any order, as some old senders need.")
    var lenient = false

    mutating func validate() throws {
        try check((1...1024).contains(workers ?? 1), "--workers is a number from 1 to 1024")
        try check(messageSizeLimit >= 0, "--message-size-limit is a number of octets, or 0")
        try check(recipientsLimit >= 100, "--recipients-limit is at least 100 (RFC 5321)")
        try check((1...86_400).contains(idleTimeout), "--idle-timeout is from 1 to 86400 seconds")
        try check(sslKey == nil || sslCert != nil, "--ssl_key goes with --ssl_cert")
        try check(ssl || sslPort == nil, "--ssl_port goes with --ssl=true")
        try check((0...3_600).contains(grace), "--grace is from 0 to 3600 seconds")
    }

    private func check(_ isRight: Bool, _ message: String) throws {
        guard isRight else { throw ValidationError(message + ".") }
    }

    func run() throws {
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var log = Logger(label: "blackhole")
        if debug { log.logLevel = .debug }
        let signals = Signals()
        OpenFiles.raiseLimit()
        do throws(StartError) {
            let server = try Server(self, log)
            server.serve(until: signals, grace: .seconds(grace))
        } catch {
            log.error("\(error.description)")
            throw ExitCode(error.exitCode)
        }
    }

    var limits: SMTPLimits {
        var limits = SMTPLimits()
        limits.messageOctetsMax = messageSizeLimit
        limits.recipientsMax = recipientsLimit
        limits.idle = .seconds(idleTimeout)
        return limits
    }
}
