internal import BlackholeRules
public import BlackholeInbox

extension Behavior {
    /// Has every command wait for the test, which answers one by one: ``SMTPServer/expect(_:within:file:line:)``.
    ///
    /// ```swift
    /// try await withSMTPServer(.dialogue) { smtp in
    ///     async let sending: Void = send(to: smtp.port)
    ///     #expect(try await smtp.expect("RCPT *") == "RCPT TO:<you@example.org>")
    ///     try smtp.reply("452 4.2.2 Mailbox full")
    ///     try await smtp.expect("QUIT")
    ///     try smtp.answer()
    ///     try await sending
    /// }
    /// ```
    ///
    /// Rules that are given before it have their turn before the test, later ones where the test leaves
    /// the usual answer. What no responder is asked about is answered at once: RSET, HELP, and commands
    /// that are malformed or out of order.
    public static var dialogue: Behavior {
        Behavior { () throws(Flaw) in
            try Stage.allCases.filter { $0 != .content }.map { stage throws(Flaw) in
                try WrittenRule(
                    Rule(at: stage, Rule.Outcome([.accept])), answering: .dialogue)
            }
        }
    }
}

/// Why a command that a test has expected did not come.
public struct MissingCommand: Error, LocatedFailure, CustomStringConvertible {
    /// What was expected: `RCPT *`.
    public let expected: Pattern
    /// The commands that came in its place, and had their usual answers.
    public let received: [String]
    /// What was said on every connection.
    public let transcripts: [Transcript]
    /// Whether the server was stopped; otherwise the time was over.
    public let isStopped: Bool
    /// Where it was expected.
    public let location: TestLocation

    /// What was expected and where, what has come, and what was said.
    public var description: String {
        let reason = isStopped ? "the server was stopped" : "timed out"
        let came =
            received.isEmpty ? "nothing" : received.map(\.debugDescription).joined(separator: ", ")
        return
            ([
                "\(reason) waiting for a command like \"\(expected)\" (\(location))",
                "received: \(came)",
            ]
            + transcripts.report).joined(separator: "\n")
    }
}

extension SMTPServer {
    /// Waits for a command, which is held until the test answers it: see ``Behavior/dialogue``.
    ///
    /// Commands that come before it and do not match have their usual answers.
    /// Where it does not come, all commands have their usual answers until the next call.
    ///
    /// The greeting waits as an empty line, the login as its mechanism (`AUTH PLAIN`), and the end of a
    /// message as a dot.
    ///
    /// - Returns: the command as it was sent, without its line end.
    /// - Throws: ``MissingCommand`` when the time is over or the server stopped; ``Misuse`` where there is
    ///   no dialogue, or the command before has no answer; `CancellationError`.
    @discardableResult
    public func expect(
        _ command: Pattern, within time: Duration = .seconds(5), file: String = #filePath,
        line number: Int = #line
    ) async throws -> String {
        guard fake.rulebook.hasDialogue else {
            throw Misuse(
                Flaw("the server has no dialogue", "give it one: .dialogue"), in: "expect")
        }
        if let current = fake.dialogue.current {
            throw Misuse(
                Flaw(
                    "\(current.debugDescription) has no answer yet",
                    "say reply(…), answer(), disconnect() or reset() first"), in: "expect")
        }
        let (line, passed) = try await fake.dialogue.expect(command, within: time) {
            inbox.isOver
        }
        guard let line else {
            throw MissingCommand(
                expected: command, received: passed, transcripts: inbox.transcripts,
                isStopped: inbox.isOver, location: TestLocation(file, number))
        }
        return line
    }

    /// Replies to the command that is held; the session goes by the code.
    ///
    /// ```swift
    /// try smtp.reply("250-odd.example", "250 SIZE 1000")
    /// ```
    ///
    /// - Throws: ``Misuse`` where the lines are no reply, or no command is held.
    public func reply(_ lines: String...) throws {
        do throws(Flaw) {
            try ReplyGrammar.check(lines: lines)
        } catch {
            throw Misuse(error, in: "reply")
        }
        try answer(.raw(lines.map { $0 + "\r\n" }.joined().utf8), in: "reply")
    }

    /// Has the command that is held answered as usual.
    ///
    /// - Throws: ``Misuse`` where no command is held.
    public func answer() throws { try answer(nil, in: "answer") }

    /// Answers the command that is held by an action.
    ///
    /// - Throws: ``Misuse`` where no command is held.
    public func answer(_ action: Behavior.Action) throws { try answer(action, in: "answer") }

    /// Closes the connection whose command is held, without a word.
    ///
    /// - Throws: ``Misuse`` where no command is held.
    public func disconnect() throws { try answer(.disconnect, in: "disconnect") }

    /// Resets the connection whose command is held.
    ///
    /// - Throws: ``Misuse`` where no command is held.
    public func reset() throws { try answer(.reset, in: "reset") }

    private func answer(_ action: Behavior.Action?, in function: String) throws {
        guard fake.dialogue.answer(action) else {
            throw Misuse(
                Flaw("no command is held", "wait for one: expect(…)"), in: function)
        }
    }
}
