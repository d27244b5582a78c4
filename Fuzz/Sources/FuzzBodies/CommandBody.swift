import BlackholeSMTP

/// What is parsed of a line lies in it, makes sense, and depends on nothing else.
public final class CommandBody: FuzzBody {
    /// Makes a body.
    public init() {}

    /// The input: a line without its CRLF.
    public func run(_ input: RawSpan) {
        let parsed = ParsedLine(input)
        parsed.check(in: input)
        require(ParsedLine(input) == parsed, "a line is parsed the same way twice")

        var longer: [UInt8] = []
        input.withUnsafeBytes { longer.append(contentsOf: $0) }
        longer.append(contentsOf: #"5"@x> SIZE=1"#.utf8)
        let within = ParsedLine(longer.span.bytes.extracting(0..<input.byteCount))
        require(within == parsed, "what lies behind a line changes nothing")

        longer.removeLast(longer.count - input.byteCount)
        longer.append(contentsOf: " \t ".utf8)
        let blanked = ParsedLine(longer.span.bytes)
        require(blanked == parsed, "blanks at the end change nothing")
    }
}

/// A line, parsed in every way.
private struct ParsedLine: Equatable {
    let command: Command
    let mail: Result<MailCommand, ArgumentError>
    let recipient: Result<RecipientCommand, ArgumentError>
    let recipientUTF8: Result<RecipientCommand, ArgumentError>
    let looseMail: Result<MailCommand, ArgumentError>
    let looseRecipient: Result<RecipientCommand, ArgumentError>
    let hello: Result<HelloCommand, ArgumentError>
    let looseHello: Result<HelloCommand, ArgumentError>
    let chunk: Result<ChunkCommand, ArgumentError>
    let auth: Result<AuthCommand, ArgumentError>

    init(_ line: RawSpan) {
        let command = Command(line)
        self.command = command
        mail = outcome { () throws(ArgumentError) in try MailCommand(command, in: line) }
        recipient = outcome { () throws(ArgumentError) in
            try RecipientCommand(command, in: line, allowsUTF8: false)
        }
        recipientUTF8 = outcome { () throws(ArgumentError) in
            try RecipientCommand(command, in: line, allowsUTF8: true)
        }
        looseMail = outcome { () throws(ArgumentError) in
            try MailCommand(command, in: line, isLenient: true)
        }
        looseRecipient = outcome { () throws(ArgumentError) in
            try RecipientCommand(command, in: line, allowsUTF8: true, isLenient: true)
        }
        hello = outcome { () throws(ArgumentError) in try HelloCommand(command, in: line) }
        looseHello = outcome { () throws(ArgumentError) in
            try HelloCommand(command, in: line, isLenient: true)
        }
        auth = outcome { () throws(ArgumentError) in try AuthCommand(command, in: line) }
        chunk = outcome { () throws(ArgumentError) in try ChunkCommand(command, in: line) }
    }

    func check(in line: RawSpan) {
        require(command.flaw == line.naiveFlaw, "a flaw is what a naive reader sees")
        require(command.verb == line.naiveVerb(command), "a verb is what a naive reader sees")
        require(command.verbRange.upperBound <= command.argument.lowerBound, "a verb comes first")
        require(command.argument.upperBound <= line.byteCount, "an argument lies in the line")
        for verb in Verb.allCases where verb != .unknown {
            let isVerb = command.isVerb(verb.name, in: line)
            require(isVerb == (command.verb == verb), "a verb is spelt by its name alone")
        }
        if case .success(let mail) = mail { check(mail, in: line) }
        if case .success(let recipient) = recipient {
            check(recipient, isUTF8: false, in: line)
            require(recipientUTF8 == self.recipient, "SMTPUTF8 refuses no more")
        }
        if case .success(let recipient) = recipientUTF8 {
            check(recipient, isUTF8: true, in: line)
        }
        checkLeniency(in: line)
        let argument = line.extracting(command.argument)
        let isHTTP = command.verb == .unknown && command.isHTTP(in: line)
        require(
            isHTTP == (command.flaw == nil && command.verb == .unknown && line.isNaiveHTTP),
            "HTTP is what a naive reader sees")
        let bytes = ChunkCommand.bytes(command, in: line)
        require(bytes == argument.naiveChunkBytes, "a size is what a naive reader sees")
        require(chunk == argument.naiveChunk(chunk), "a chunk is what a naive reader sees")
        switch auth {
        case .success(let auth):
            let name = argument.naiveMechanism
            require(name == "\(auth.mechanism.name)", "a mechanism is what a naive reader sees")
            guard let range = auth.initialResponse else { break }
            require(range.upperBound == command.argument.upperBound, "a response is the last word")
            require(!range.isEmpty && !line.hasBlank(range), "a response is one word")
        case .failure(let error):
            let isWellFormed = argument.naiveMechanism != nil
            require(error == (isWellFormed ? .parameterNotImplemented : .syntax), "an error fits")
        }
    }

    /// What a lenient session makes of the line.
    private func checkLeniency(in line: RawSpan) {
        let argument = line.extracting(command.argument)
        for (hello, isLenient) in [(hello, false), (looseHello, true)] {
            let name = argument.naiveName(isLenient: isLenient).map {
                command.argument.lowerBound..<command.argument.lowerBound + $0.count
            }
            require((try? hello.get())?.name == name, "a name is what a naive reader sees")
        }
        if case .success = mail {
            require(looseMail == mail, "leniency reads no path otherwise")
        } else if case .success(let loose) = looseMail {
            checkLoose(loose.path, in: line)
        }
        if case .success = recipientUTF8 {
            require(looseRecipient == recipientUTF8, "leniency reads no path otherwise")
        } else if case .success(let loose) = looseRecipient {
            checkLoose(loose.path, in: line)
            require(!loose.path.isEmpty, "a recipient is somebody")
        }
    }

    private func checkLoose(_ path: Range<Int>, in line: RawSpan) {
        require(path.lowerBound > command.argument.lowerBound, "a path lies after its keyword")
        require(path.upperBound <= command.argument.upperBound, "a path lies in the argument")
        require(line.isText(path, isUTF8: true), "a path is valid UTF-8 without controls")
        let isOneWord = [true, false].contains { line.isOneWord(path, hasLiteral: $0) }
        require(isOneWord, "a path is one word")
    }

    private func check(_ mail: MailCommand, in line: RawSpan) {
        checkPath(mail.path, isUTF8: mail.isUTF8, mayBeEmpty: true, in: line)
        require(mail.size ?? 0 >= 0, "a size is not negative")
        for case let range? in [mail.envelopeID, mail.auth] {
            require(isParameter(range, after: mail.path), "a value lies behind the path")
            require(line.isText(range, isUTF8: false), "a value is ASCII")
        }
    }

    private func check(_ recipient: RecipientCommand, isUTF8: Bool, in line: RawSpan) {
        checkPath(recipient.path, isUTF8: isUTF8, mayBeEmpty: false, in: line)
        require(
            !recipient.notify.contains(.never) || recipient.notify == .never, "NEVER stands alone")
        guard let range = recipient.originalRecipient else { return }
        require(isParameter(range, after: recipient.path), "a value lies behind the path")
        require(line.isText(range, isUTF8: isUTF8), "a value is valid UTF-8")
    }

    private func isParameter(_ range: Range<Int>, after path: Range<Int>) -> Bool {
        !range.isEmpty && range.lowerBound > path.upperBound
            && range.upperBound <= command.argument.upperBound
    }

    private func checkPath(_ path: Range<Int>, isUTF8: Bool, mayBeEmpty: Bool, in line: RawSpan) {
        require(path.lowerBound > command.argument.lowerBound, "a path lies behind its keyword")
        require(path.upperBound < command.argument.upperBound, "a path lies in the argument")
        require(line[path.upperBound] == UInt8(ascii: ">"), "a path ends at its bracket")
        require(mayBeEmpty || !path.isEmpty, "a path has a mailbox")
        require(line.isText(path, isUTF8: isUTF8), "a path is valid UTF-8 without controls")
        require(line.isOneWord(path, hasLiteral: true), "a path is one word")
    }
}
