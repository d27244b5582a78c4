internal import ArgumentParser

/// The program.
@main
struct SMTPLoad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smtp-load",
        abstract: "Send SMTP load at a server, and measure it.")

    mutating func run() throws {}
}
