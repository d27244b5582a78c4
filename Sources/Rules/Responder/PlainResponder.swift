package import BlackholePipeline
package import BlackholeSMTP

/// What the connections of a listener without rules of its own share: the rules for AUTH, VRFY, EXPN
/// and for what a message requests.
package final class PlainRules: Sendable {
    private let inForce: RulesInForce
    private let listener: String
    /// Who hears of requests that cannot be read; nil for nobody.
    let reports: RequestReports?

    /// Creates what is shared.
    package init(_ inForce: RulesInForce, listener: String, reports: RequestReports? = nil) {
        self.inForce = inForce
        self.listener = listener
        self.reports = reports
    }

    /// A session for one question: no rule that could be asked depends on what was said before.
    fileprivate var session: RuleSession {
        let anywhere = NetworkAddress.unix(path: "")
        return RuleSession(inForce, RuleConnection(peer: anywhere, listener: listener))
    }
}

/// Takes all mail, and looks at rules only at AUTH, VRFY and EXPN, and where a message requests
/// something: what a server does without written rules, in a mode that accepts.
///
/// On the path of a message there is nothing of rules.
package struct PlainResponder<Requests: RequestReading>: Responder {
    private let rules: PlainRules
    private var requests: Requests

    /// Creates the responder of a session; it costs a reference.
    package init(_ rules: PlainRules, _ requests: Requests) {
        self.rules = rules
        self.requests = requests
    }

    /// Content is wanted only for its header section.
    package static var wantsContent: Bool { Requests.readsContent }

    package var ignoresContent: Bool { requests.isOver }

    package mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        rules.session.answer(to: credentials, at: context.now)
    }

    package mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        let (reports, now) = (rules.reports, context.now)
        requests.read(bytes) { reports?.report($0, at: now) }
    }

    package mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        guard Requests.readsContent else { return .accept }
        let (reports, now) = (rules.reports, context.now)
        let request = requests.take { reports?.report($0, at: now) }
        guard !request.isEmpty else { return .accept }
        return rules.session.answer(message, request, &context)
    }

    package mutating func reset(_ context: inout Context) {
        requests.reset()
    }

    package mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        rules.session.answer(.verify, "VRFY", argument, at: context.now)
    }

    package mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        rules.session.answer(.expand, "EXPN", argument, at: context.now)
    }
}
