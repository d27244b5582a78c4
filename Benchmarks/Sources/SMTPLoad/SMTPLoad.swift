internal import ArgumentParser
internal import BlackholePipeline
internal import BlackholeTLS
internal import Glibc

/// The program.
@main
struct SMTPLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smtp-load",
        abstract: "Send SMTP load at a server, and measure it.",
        usage: "smtp-load [options] HOST:PORT",
        discussion: """
            Sends messages over many connections at once, and tells how many a second the server \
            has taken and how long it took to answer. All mail is for recipient@example.org, whom \
            there is not. Point it at servers of your own alone.

            How a connection goes:
              smtp-load 127.0.0.1:2525                one command for one reply
              smtp-load --pipelined 127.0.0.1:2525    MAIL, RCPT and DATA at once
              smtp-load --bdat --size 1M [::1]:25     the content, too, by BDAT
              smtp-load --per-connection 1 [::1]:25   a connection for each message
              smtp-load --starttls --resume [::1]:25  TLS; --tls for port 465

            How much there is of it:
              smtp-load --messages 100000 [::1]:25    as fast as it goes
              smtp-load --seconds 30 unix:/run/smtp   the same for so long
              smtp-load --rate 500 --seconds 30 [::1]:25
                                                      500 a second, by a schedule

            With --rate each message has its time, and its latency counts from that: a server \
            that stalls is not spared what would have been sent meanwhile.

            Connections that say nothing, beside another load:
              smtp-load --idle 10000 127.0.0.1:2525   prints "ready 10000", and holds
                                                      them until its input ends

            Exit codes: 0 all went well; 1 a message or connection failed; 64 the command line is \
            wrong; 69 no connection could be made.
            """)

    @OptionGroup var options: LoadOptions

    mutating func validate() throws {
        do {
            _ = try options.plan()
        } catch let error as TargetError {
            throw ValidationError(error.description)
        }
    }

    mutating func run() throws {
        let plan = try options.plan()
        let limit = Descriptors.raise(to: plan.descriptors)
        guard limit >= plan.descriptors else {
            throw SMTPLoad.failure(
                "\(plan.descriptors) descriptors are needed and \(limit) are allowed: "
                    + "raise the hard limit (ulimit -Hn, LimitNOFILE=) or lower the connections")
        }
        let report = try SMTPLoad.report(plan, isQuiet: options.quiet)
        if let text = report.unavailability { throw SMTPLoad.failure(text) }
        if plan.held == nil { print(options.json ? report.json : report.table) }
        if let held = plan.held, report.held < held || !report.isFlawless {
            let first = Failure.allCases.lazy.compactMap { report.tally.first($0) }.first
            Terminal.write(
                "smtp-load: \(report.held) of \(held) connections were held, and "
                    + "\(report.tally.failuresInAll) failed: "
                    + "\(Wording.printable(first ?? "interrupted"))\n")
        }
        if !report.isFlawless { throw ExitCode(1) }
    }

    private static func report(_ plan: LoadPlan, isQuiet: Bool) throws -> Report {
        do {
            var run = try Run(plan, isQuiet: isQuiet)
            return try run.finish()
        } catch let error as TLSError {
            throw failure(error.description)
        } catch let error as SystemError {
            throw failure(error.description)
        }
    }

    /// Says why nothing can be done.
    private static func failure(_ text: String) -> ExitCode {
        Terminal.write("smtp-load: \(text)\n")
        return ExitCode(EX_UNAVAILABLE)
    }
}
