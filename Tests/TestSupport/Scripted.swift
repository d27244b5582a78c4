package import BlackholePipeline

/// A stack of two closures, which notes every event.
package struct Scripted: ByteHandler, ~Copyable {
    private let journal: Journal
    private let token: Journal.Token
    private let onInput: @Sendable (RawSpan, inout Context) -> Intake
    private let onEvent: @Sendable (ConnectionEvent, inout Context) -> Verdict

    package init(
        _ journal: Journal = Journal(),
        onInput: @escaping @Sendable (RawSpan, inout Context) -> Intake = { input, _ in
            Intake(input.byteCount)
        },
        onEvent: @escaping @Sendable (ConnectionEvent, inout Context) -> Verdict = { _, _ in
            .proceed
        }
    ) {
        self.journal = journal
        token = Journal.Token(journal)
        self.onInput = onInput
        self.onEvent = onEvent
    }

    package mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        onInput(input, &context)
    }

    package mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        journal.note("\(event)")
        return onEvent(event, &context)
    }
}
