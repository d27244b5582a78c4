import ArgumentParser
import BlackholeDaemon
import BlackholeSink
import Glibc

#if !Program
#error("the program needs the trait Program: make build, or swift build --traits Program")
#endif

/// The program: its commands.
@main
struct Blackhole: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "blackhole",
        abstract: "An SMTP server that takes in all mail and keeps none of it.",
        discussion: """
            For testing huge send rates, for making sure that developers never mail real users, \
            and for email integration tests. No message is delivered, and none touches the disk.

            Try it:

              blackhole run --host 127.0.0.1 --port 2525 --ssl_port none
              curl smtp://127.0.0.1:2525 --mail-from me@example.org \\
                --mail-rcpt you@example.org --upload-file README.md

            Options may stand before the command or behind it, as --name=value or --name value. \
            Each may also come from the environment, --port as BLACKHOLE_PORT, and from the file \
            that --conf names: the command line overrides the environment, and the file \
            overrides the command line. An empty variable counts as unset.

            Numbers may have a unit, in either case: times \(Units.time.help); counts \
            \(Units.count.help); sizes \(Units.size.help).

            Exit codes: 0 done, 64 wrong usage, 69 address in use or not to be had, \
            73 a file cannot be written, 77 not permitted, 78 wrong configuration; ready: 0 ready, 1 not; status: 0 running, 1 dead with its pid \
            file left, 3 not running.
            """,
        version: "blackhole \(versionNumber)",
        subcommands: [
            Start.self, Stop.self, Restart.self, Reload.self, Status.self, Ready.self, Run.self,
            FuzzReplies.self, Check.self, Explain.self, Example.self, Certificate.self,
        ])

    static let versionNumber = "0.1.0"

    private static let commands = configuration.subcommands.map { $0._commandName } + ["help"]

    static func main() {
        Signals.releaseQuit()
        do {
            try StandardStreams.complete()
            let words = CommandWords.ordered(
                Array(CommandLine.arguments.dropFirst()), commands: Set(commands))
            try requireCommand(in: words)
            var command = try parseAsRoot(words)
            try command.run()
        } catch let error as StartError {
            report(error.description)
            exit(withError: ExitCode(error.exitCode))
        } catch {
            // One line instead of the parser's three, which end in the way to --help.
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            report(message(for: error))
            exit(withError: ExitCode(EX_USAGE))
        }
    }

    /// Refuses settings without a command, of which the parser would say that it knows none of them.
    private static func requireCommand(in words: [String]) throws(StartError) {
        guard let first = words.first, !commands.contains(first) else { return }
        let isSetting = Setting.all.contains { first.hasPrefix("--\($0.name)=") }
        guard isSetting || !first.hasPrefix("-") else { return }
        let fault = isSetting ? "a command is missing" : "'\(first)' is no command"
        throw StartError(
            "\(fault): one of \(commands.joined(separator: ", "))", exitCode: EX_USAGE)
    }

    /// Tells the operator, in one line.
    static func report(_ text: String) {
        let line = Array("blackhole: \(LogFile.escaped(text))\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
