package import BlackholePipeline

/// What a run hangs on, all of it.
package struct SimulationOptions: Sendable {
    package var seed: UInt64
    package var steps: Int
    /// The clients that are there at the same time.
    package var clients: Int
    /// The call that fails, counted from 1 over all that can; and its error.
    package var failingCall: (number: Int, error: Int32)?

    /// What the kernel does that no kernel does.
    package var sabotage: Sabotage?

    package init(
        seed: UInt64, steps: Int = 20_000, clients: Int = 250,
        failingCall: (number: Int, error: Int32)? = nil, sabotage: Sabotage? = nil
    ) {
        self.seed = seed
        self.steps = steps
        self.clients = clients
        self.failingCall = failingCall
        self.sabotage = sabotage
    }

    /// What runs it again.
    package var command: String {
        var words = "make simulate SEED=\(seed) STEPS=\(steps) CLIENTS=\(clients)"
        if let (number, error) = failingCall { words += " CALL=\(number) ERROR=\(error)" }
        return words
    }
}

/// What a kernel may do that no loop can stand: a simulation that does not find it finds nothing.
package enum Sabotage: Sendable, CaseIterable {
    /// Now and then it does not tell of what is ready.
    case forgetsNews
    /// Now and then a byte of what is sent is lost, or comes twice.
    case losesBytes, repeatsBytes
    /// Now and then a waker's call does not come through.
    case losesCalls
    /// Now and then it takes for closed what is open.
    case closesByItself
}

/// What a run was.
package struct SimulationOutcome: Equatable, Sendable, CustomStringConvertible {
    /// Hangs on all events of the run and their times.
    package let hash: UInt64
    package let steps: Int
    package let events: Int
    package let time: Instant
    package let clients: Int
    package let messages: Int
    /// The clients that rules have answered.
    package let ruledClients: Int
    /// The calls that could have failed.
    package let fallibleCalls: Int

    package var description: String {
        "\(steps) steps, \(events) events, \(clients) clients, \(messages) messages, "
            + "hash \(String(hash, radix: 16))"
    }
}

/// What a run has found.
package struct SimulationFailure: Error, Sendable, CustomStringConvertible {
    package let options: SimulationOptions
    package let step: Int
    package let time: Instant
    /// The connection concerned; −1 where it is none.
    package let link: Int
    package let text: String
    /// The last events of that connection.
    package let events: [String]

    package var description: String {
        """
        seed \(options.seed), step \(step), at \(time.seconds) s, link \(link): \(text)
        \(events.joined(separator: "\n"))
        again: \(options.command)
        """
    }
}
