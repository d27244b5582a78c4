import ArgumentParser
import BlackholeDaemon
import BlackholeSMTP
import BlackholeSink
import Glibc

/// `blackhole fuzz-replies`: serves with replies that go wrong, for clients that are to bear it.
struct FuzzReplies: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz-replies",
        abstract: "Serve with one reply of every session going wrong, to harden a client.",
        discussion: """
            As run, but in every session one of the first seven replies is changed: \
            \(ReplyMutation.allCases.map(\.rawValue).joined(separator: ", ")). A client should \
            neither hang nor crash, nor believe that mail was taken which was not.

            What goes wrong depends on --seed and the session's number alone, and the log names \
            both. So a session is had again:

              blackhole fuzz-replies --port 2525 --seed 42
              … session 17: reply 3: wrong code
              blackhole fuzz-replies --port 2525 --seed 42 --first 17

            Before STARTTLS and behind it are two sessions. Sessions get their numbers in the \
            order of their beginning: with --workers 1 that is the order of connections.
            """)

    @Option(help: ArgumentHelp("The number of the first session.", valueName: "number"))
    var first = 1

    @OptionGroup var options: SettingOptions

    func run() throws {
        let source = ConfigurationSource(options)
        let service = try Service(
            try source.load(), source, isDaemon: false, firstFuzzed: first)
        try service.start()
        service.serve()
    }
}
