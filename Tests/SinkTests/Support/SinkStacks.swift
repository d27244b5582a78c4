import BlackholePipeline
import BlackholeRules
import BlackholeSMTP
import BlackholeSink

/// Makes the stacks of a server's connections, from the settings of a mode.
struct SinkStacks: Sendable {
    private let settings: SessionSettings
    private let inForce: RulesInForce
    private let isPlain: Bool
    private let readsRequests: Bool
    private let reports: RequestReports?

    init(
        _ mode: ModeSettings, _ settings: SessionSettings = SessionSettings(), seed: UInt64 = 1,
        reports: RequestReports? = nil
    ) {
        var configuration = Configuration()
        configuration.policy = mode
        guard let rules = try? configuration.rules({ _ in [] }) else {
            preconditionFailure("the rules of settings are right")
        }
        self.settings = settings
        self.reports = reports
        isPlain = rules.isPlain
        readsRequests = mode.hasHeaderSwitches
        let tallies = Tallies(seed: seed, startup: Instant(nanoseconds: 0))
        inForce = RulesInForce(
            RuleProgram(
                rules.set.rules, tallies, host: settings.hostName, modes: rules.modes))
    }

    /// A responder that reads requests in headers.
    func switched() -> RuleResponder<RequestReader> {
        RuleResponder(session(), RequestReader(), reports: reports)
    }

    /// A responder that reads none.
    func unswitched() -> RuleResponder<NoRequests> { RuleResponder(session(), NoRequests()) }

    /// The layers of a connection, as the server has them.
    func stack() -> AnyByteHandler {
        switch (isPlain, readsRequests) {
        case (true, true): plain(RequestReader())
        case (true, false): plain(NoRequests())
        case (false, true): ruled(switched())
        case (false, false): ruled(unswitched())
        }
    }

    private func plain(_ requests: some RequestReading) -> AnyByteHandler {
        let rules = PlainRules(inForce, listener: "", reports: reports)
        let settings = settings
        return AnyByteHandler(
            LineFraming {
                DataDiscard { SMTPSession(settings, PlainResponder(rules, requests)) }
            })
    }

    private func ruled(_ responder: RuleResponder<some RequestReading>) -> AnyByteHandler {
        let settings = settings
        let session = responder.session
        return AnyByteHandler(
            RuleLayer(session) {
                LineFraming {
                    DataDiscard { RuleCommands(session) { SMTPSession(settings, responder) } }
                }
            })
    }

    private func session() -> RuleSession {
        RuleSession(inForce, RuleConnection(peer: .loopback()))
    }
}
