internal import Pipeline
internal import SMTP
internal import Synchronization

/// What all connections of one server share.
final class Fake: Sendable {
    let plan: Plan
    let settings: SessionSettings
    let inbox = Inbox()
    private let rules: Mutex<RuleBook>

    init(_ plan: Plan) {
        self.plan = plan
        var offersLogin = true
        if case .none = plan.login { offersLogin = false }
        settings = SessionSettings(
            hostName: plan.hostName, limits: plan.limits,
            authentication: offersLogin ? .offered : .none, keywords: plan.keywords,
            ignoresUnknownParameters: plan.ignoresUnknownParameters)
        rules = Mutex(RuleBook(plan.rules, seed: plan.seed))
    }

    /// What to answer on an occasion, as the rules say.
    func answer(on occasion: Occasion) -> Answer? {
        guard !plan.rules.isEmpty else { return nil }
        return rules.withLock { $0.action(on: occasion)?.answer }
    }
}
