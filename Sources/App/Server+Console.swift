import BlackholeConsole
import BlackholePipeline
import BlackholeRules
import BlackholeSink
import Logging

// What the server does for the console.
extension Server {
    /// Makes what reads the figures of the loops and, where they are recorded, of the connections.
    func makeMeters(_ loops: EventLoops) -> ServerMeters {
        ServerMeters(
            loops, consoleListeners, rules: console?.book,
            recorded: recording?.recorder.meters ?? [], version: Blackhole.versionNumber)
    }

    /// The listeners for mail, as the console shows them.
    private var consoleListeners: [ConsoleListener] {
        endpoints.map { endpoint in
            let inClear: ConsoleListener.Security =
                configuration.offersStartTLS ? .starttls : .clear
            return ConsoleListener(
                endpoint.boundAddress, endpoint.isImplicitTLS ? .tls : inClear)
        }
    }

    /// Starts the console, if there is one.
    func startConsole(_ meters: ServerMeters) throws(SystemError) {
        guard let console else { return }
        let log = log
        try console.service.start(console.recorder, console.book, meters, tls?.context) {
            log.warning("console: \($0.text)")
        }
        for link in console.service.links { log.info("console on \(link)") }
    }

    /// Where the console is, as links.
    var consoleLinks: [String] { console?.service.links ?? [] }

    /// The addresses of mail and of the console, as bound, and whether TLS begins with the first byte.
    var addresses: [(name: String, places: [(NetworkAddress, isImplicitTLS: Bool)])] {
        [
            ("listeners", endpoints.map { ($0.boundAddress, $0.isImplicitTLS) }),
            ("http", console?.service.addresses ?? []),
        ]
    }

    /// How connections are recorded; nil where nothing is kept.
    var recording: Recording? {
        guard let console, configuration.console.effectiveKeep > 0 else { return nil }
        return Recording(
            recorder: console.recorder, keepsTranscripts: configuration.console.keepsTranscripts)
    }

    /// Puts the rules in force that were read again.
    func replaceRules(by program: RuleProgram) {
        guard let console else { return inForce.replace(by: program) }
        let wasChanged = console.book.reload(
            rules.written, generated: rules.generated, lists: rules.lists,
            compile: rules.compiler(tallies, configuration))
        if wasChanged {
            log.warning(
                "the rules are those of the configuration again: what was changed over HTTP is discarded"
            )
        }
        console.service.noteRules(tag: console.book.page.tag)
        do throws(SystemError) {
            try console.service.serve(tls?.context)
        } catch {
            log.error("the console is served as before: cannot \(error.description)")
        }
    }
}
