internal import ArgumentParser
internal import BlackholePipeline
internal import BlackholeTLS

/// What may be said on the command line.
struct LoadOptions: ParsableArguments {
    @Argument(help: "Where to: 127.0.0.1:25, [::1]:25, mx.example:25 or unix:/path.")
    var target: String

    @Option(help: ArgumentHelp("Connections at once.", valueName: "number"))
    var connections = 50

    @Option(
        help: ArgumentHelp("Messages in all; 10000 unless --seconds is given.", valueName: "number")
    )
    var messages: Int?

    @Option(help: ArgumentHelp("How long to begin messages.", valueName: "seconds"))
    var seconds: Double?

    @Option(help: ArgumentHelp("Messages a connection; 0: no limit.", valueName: "number"))
    var perConnection = 50

    @Option(help: ArgumentHelp("Bytes a message; 10K, 25M are understood.", valueName: "bytes"))
    var size = ByteCount(1024)

    @Option(help: ArgumentHelp("Recipients a message.", valueName: "number"))
    var recipients = 1

    @Flag(help: "Send MAIL, RCPT and DATA in one segment.")
    var pipelined = false

    @Flag(help: "Send all of a message at once, its content by BDAT.")
    var bdat = false

    @Flag(help: "Begin with HELO instead of EHLO.")
    var helo = false

    @Flag(help: "End connections without QUIT.")
    var leave = false

    @Flag(name: .customLong("starttls"), help: "Secure connections by STARTTLS.")
    var startTLS = false

    @Flag(help: "Secure connections from their first byte.")
    var tls = false

    @Flag(help: "Resume TLS sessions: no full handshake but the first.")
    var resume = false

    @Option(
        help: ArgumentHelp(
            "Believe certificates by this PEM file; any unless given.", valueName: "file"))
    var ca: String?

    @Option(help: ArgumentHelp("Messages a second, by a schedule.", valueName: "number"))
    var rate: Double?

    @Option(
        help: ArgumentHelp(
            "Addresses to come from, 127.0.0.1 and on; 64 for a target there.", valueName: "number")
    )
    var sources: Int?

    @Option(help: ArgumentHelp("Threads that send.", valueName: "number"))
    var workers = 1

    @Option(help: ArgumentHelp("How long a reply is waited for.", valueName: "seconds"))
    var timeout = 60.0

    @Option(
        help: ArgumentHelp("Hold so many silent connections and send nothing.", valueName: "number")
    )
    var idle: Int?

    @Flag(help: "Print one JSON document.")
    var json = false

    @Flag(help: "Show no progress.")
    var quiet = false
}

/// A number of bytes, as `4096`, `10K` or `25M`.
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
    let value: Int

    init(_ value: Int) {
        self.value = value
    }

    init?(argument: String) {
        let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
        let unit = argument.last.flatMap { units[Character($0.uppercased())] }
        guard let number = Int(unit == nil ? argument : String(argument.dropLast())) else {
            return nil
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow else { return nil }
        value = product
    }

    var description: String { "\(value)" }
}
