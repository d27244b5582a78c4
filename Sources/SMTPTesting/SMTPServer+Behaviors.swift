extension SMTPServer {
    /// Puts other rules, closures and gates in the place of those before; without any the server does what
    /// its settings say.
    ///
    /// ```swift
    /// try smtp.change(to: .at(.recipient, .reply(451, "4.7.1", "Greylisted")))
    /// ```
    ///
    /// They hold for new connections, and for open ones from their next command on that is not part of a
    /// message. A rule that was there before keeps its counts. Whom a gate of before holds, it holds until it
    /// is opened.
    ///
    /// - Throws: ``Misuse`` where they cannot be done, or are settings, which stay as they are; then nothing
    ///   has changed.
    public func change(to behaviors: Behavior...) throws {
        try fake.change(to: behaviors)
    }

    /// How often the rules of each behavior have fired so far, in the order in which the behaviors
    /// were given; 0 for one that is not made of rules.
    ///
    /// ```swift
    /// let smtp = try SMTPServer(.tls, .at(.recipient, first: 2, .reply(451)))
    /// #expect(smtp.hits[1] == 2)
    /// ```
    public var hits: [Int] { fake.hits }

    /// How often the rule of a name has fired so far; nil if no rule has it.
    ///
    /// ```swift
    /// let smtp = try SMTPServer(.rule("grey: rcpt first=1 -> 451 4.7.1 Greylisted"))
    /// #expect(smtp.hits(of: "grey") == 1)
    /// ```
    public func hits(of name: String) -> Int? { fake.rulebook.hits(of: name) }

    /// The rules that have never fired, and the scripts that no client has begun, each with its place:
    /// `behavior 2, .at(.recipient): rcpt to=@full.example -> 452`.
    public var unused: [String] { fake.unused }
}
