/// What a message requests for itself by its header.
package struct MessageRequest: Sendable, Equatable {
    /// How late it is answered; nil for as the settings say.
    package var delay: DelayRange?
    /// How it is answered; nil for as the rules say.
    package var mode: RequestedMode?
    /// What is done with it, as steps of a rule; they count before ``mode`` and ``delay``.
    package var steps: [Rule.Step] = []

    /// Creates a request for nothing.
    package init() {}

    /// Whether nothing is requested.
    package var isEmpty: Bool { delay == nil && mode == nil && steps.isEmpty }
}
