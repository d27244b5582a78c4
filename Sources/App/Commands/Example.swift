import ArgumentParser
import BlackholeSink

/// `blackhole example`: an example of a configuration file.
struct Example: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print an example of a configuration file.",
        discussion: "Every setting with what it does, at its default and commented out.")

    func run() {
        print(ExampleFile.text, terminator: "")
    }
}
