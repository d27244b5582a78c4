package import BlackholePipeline
package import BlackholeSMTP

/// A responder that carries out a policy: what ``ModeResponder`` and ``SwitchedResponder`` share.
package protocol PolicyResponder: Responder {
    /// What decides.
    var machine: ModeMachine { get set }
}

extension PolicyResponder {
    package mutating func connect(_ context: inout Context) -> Answer {
        machine.answer(at: .connect, &context.random)
    }

    package mutating func hello(
        _ hello: HelloCommand, isExtended: Bool, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        machine.answer(at: .helo, &context.random)
    }

    package mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        machine.answer(at: .mail, &context.random)
    }

    package mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        machine.answer(at: .rcpt, &context.random)
    }

    package mutating func data(_ context: inout Context) -> Answer {
        machine.answer(at: .data, &context.random)
    }

    package mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        machine.message(HeaderSwitches.Choice(), &context.random)
    }

    package mutating func authenticate(
        _ credentials: Credentials, _ context: inout Context
    ) -> Answer {
        Refusal.answer(to: credentials)
    }

    package mutating func reset(_ context: inout Context) {
        machine.reset()
    }

    package mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        machine.policy.directory.verify(argument)
    }

    package mutating func expand(_ argument: RawSpan, _ context: inout Context) -> Answer {
        machine.policy.directory.expand(argument)
    }
}
