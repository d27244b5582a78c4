internal import BlackholePipeline

extension SessionMachine {
    /// Whether AUTH, and AUTH= with MAIL, are there for this session.
    var offersAuthentication: Bool { settings.offersAuthentication(security) }

    /// AUTH: begins an exchange, which an initial response may bring to its end at once.
    mutating func authenticate(
        _ command: Command, _ line: RawSpan, _ context: inout Context
    ) throws(ArgumentError) -> Question {
        guard !isAuthenticated else { return refuse(.authenticatedAlready, &context) }
        let auth = try AuthCommand(command, in: line)
        guard settings.mechanisms.contains(auth.mechanism) else { throw .parameterNotImplemented }
        guard offersAuthentication else { return refuse(Reply(.encryptionRequired), &context) }
        guard auth.mechanism.isClientFirst || auth.initialResponse == nil else {
            return refuse(.serverSpeaksFirst, &context)
        }
        let exchange = SASLExchange(auth.mechanism, challenge: challenge(&context))
        guard let range = auth.initialResponse else { return ask(exchange, &context) }
        let response = line.extracting(range)
        return take(response.spells("=") ? RawSpan() : response, exchange, &context)
    }

    /// A line of an exchange: a response in base64, or `*`, which gives the exchange up.
    mutating func proceed(
        with exchange: SASLExchange, _ line: RawSpan, _ context: inout Context
    ) -> Question {
        self.exchange = nil
        guard !line.spells("*") else { return refuse(.authenticationCancelled, &context) }
        return take(line, exchange, &context)
    }

    private mutating func take(
        _ base64: RawSpan, _ exchange: SASLExchange, _ context: inout Context
    ) -> Question {
        guard let response = Base64.decode(base64) else {
            return refuse(.responseNotBase64, &context)
        }
        var exchange = exchange
        switch exchange.take(response) {
        case .challenge: return ask(exchange, &context)
        case .credentials(let credentials):
            // Until there is an answer: a refusal may go on with it.
            self.exchange = exchange
            return .authenticate(credentials)
        case .refused:
            guard let answer = exchange.refusal else { return refuse(.responseMalformed, &context) }
            return .settled(conclude(.authenticate, answer, &context).verdict)
        case .malformed: return refuse(.responseMalformed, &context)
        }
    }

    /// Sends the challenge; what comes next is the response.
    private mutating func ask(_ exchange: SASLExchange, _ context: inout Context) -> Question {
        self.exchange = exchange
        return .settled(say(exchange.prompt, &context))
    }

    /// The challenge that takes the place of a refusal for now, where the mechanism has one: the client
    /// gets the refusal once it has answered that.
    ///
    /// An answer that closes the connection is said at once.
    mutating func reasonBeforeRefusal(_ answer: Answer) -> Reply? {
        guard var exchange = exchange.take(), answer.ending == .stay,
            answer.reply?.isPositive == false, exchange.refuse(with: answer)
        else { return nil }
        self.exchange = exchange
        return exchange.prompt
    }

    /// A challenge for CRAM-MD5, in the form of a message's identifier (RFC 2195 §2).
    ///
    /// It must be another one each time, not a secret.
    private func challenge(_ context: inout Context) -> String {
        let name = String(decoding: settings.name, as: UTF8.self)
        return "<\(context.random.next()).\(context.now.nanoseconds)@\(name)>"
    }
}

extension SASLExchange {
    /// The challenge as a reply.
    fileprivate var prompt: Reply { Reply(334, made: Base64.encode(challenge.utf8)) }
}
