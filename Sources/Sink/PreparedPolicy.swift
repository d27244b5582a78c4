internal import BlackholePipeline
internal import BlackholeSMTP

/// A policy that is ready to be carried out: made once for a listener, shared by its sessions, and
/// never changed.
package final class PreparedPolicy: Sendable {
    /// Whether sessions are to have a ``SwitchedResponder``, otherwise a ``ModeResponder``.
    package let hasHeaderSwitches: Bool

    let mode: Mode
    let stage: ModeStage
    let delay: DelayRange?
    /// What is said where the mode speaks.
    let codes: StageCodes
    /// What is said at the end of a message whose own headers have chosen.
    let messageCodes: StageCodes
    let directory: Directory
    /// Who hears of headers that cannot be read; nil for nobody.
    let switchReports: SwitchReports?

    /// Prepares a policy; `hostName` is the domain of the mailboxes that VRFY and EXPN name.
    package init(_ policy: Policy, hostName: String, switchReports: SwitchReports? = nil) {
        hasHeaderSwitches = policy.hasHeaderSwitches
        mode = policy.mode
        stage = policy.effectiveStage
        delay = policy.delay
        codes = StageCodes(policy, at: policy.effectiveStage)
        messageCodes = StageCodes(policy, at: .message)
        directory = Directory(hostName: hostName)
        self.switchReports = switchReports
    }
}
