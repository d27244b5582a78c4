import ArgumentParser

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

              blackhole run --port 2525
              curl smtp://127.0.0.1:2525 --mail-from me@example.org \\
                --mail-rcpt you@example.org --upload-file README.md
            """,
        version: "blackhole 0.1.0",
        subcommands: [Run.self])
}
