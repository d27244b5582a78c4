import BlackholeSMTP

/// What was parsed, with its line, so that a test can look at the text of the ranges.
struct Parsed<Value> {
    let value: Value
    let bytes: [UInt8]

    subscript(_ path: KeyPath<Value, Range<Int>>) -> String {
        String(decoding: bytes[value[keyPath: path]], as: UTF8.self)
    }

    subscript(_ path: KeyPath<Value, Range<Int>?>) -> String? {
        value[keyPath: path].map { String(decoding: bytes[$0], as: UTF8.self) }
    }
}

func command(_ line: some Sequence<UInt8>) -> Parsed<Command> {
    let bytes = Array(line)
    return Parsed(value: Command(bytes.span.bytes), bytes: bytes)
}

func command(_ line: String) -> Parsed<Command> { command(line.utf8) }

/// Parses "MAIL " and the argument.
func mail(
    _ argument: some Sequence<UInt8>, isLenient: Bool = false
) throws(ArgumentError) -> Parsed<MailCommand> {
    let line = command(Array("MAIL ".utf8) + argument)
    let span = line.bytes.span.bytes
    let value = try MailCommand(line.value, in: span, isLenient: isLenient)
    return Parsed(value: value, bytes: line.bytes)
}

func mail(
    _ argument: String, isLenient: Bool = false
) throws(ArgumentError) -> Parsed<MailCommand> {
    try mail(argument.utf8, isLenient: isLenient)
}

/// Parses "RCPT " and the argument.
func recipient(
    _ argument: some Sequence<UInt8>, allowsUTF8: Bool = false, isLenient: Bool = false
) throws(ArgumentError) -> Parsed<RecipientCommand> {
    let line = command(Array("RCPT ".utf8) + argument)
    let span = line.bytes.span.bytes
    let value = try RecipientCommand(
        line.value, in: span, allowsUTF8: allowsUTF8, isLenient: isLenient)
    return Parsed(value: value, bytes: line.bytes)
}

func recipient(
    _ argument: String, allowsUTF8: Bool = false, isLenient: Bool = false
) throws(ArgumentError) -> Parsed<RecipientCommand> {
    try recipient(argument.utf8, allowsUTF8: allowsUTF8, isLenient: isLenient)
}

/// Parses "EHLO " and the argument.
func hello(
    _ argument: some Sequence<UInt8>, isLenient: Bool = false
) throws(ArgumentError) -> Parsed<HelloCommand> {
    let line = command(Array("EHLO ".utf8) + argument)
    let span = line.bytes.span.bytes
    let value = try HelloCommand(line.value, in: span, isLenient: isLenient)
    return Parsed(value: value, bytes: line.bytes)
}

func hello(
    _ argument: String, isLenient: Bool = false
) throws(ArgumentError) -> Parsed<HelloCommand> {
    try hello(argument.utf8, isLenient: isLenient)
}

/// Parses "BDAT " and the argument.
func chunk(_ argument: String) throws(ArgumentError) -> ChunkCommand {
    let line = command("BDAT " + argument)
    return try ChunkCommand(line.value, in: line.bytes.span.bytes)
}

extension String {
    /// The word with the n-th letter in lower case where the n-th bit of the mask is set.
    func inCase(_ mask: Int) -> String {
        String(
            enumerated().map { index, letter in
                mask >> index & 1 == 0 ? letter.uppercased() : letter.lowercased()
            }.joined())
    }

    init(_ count: Int, _ text: String) { self = String(repeating: text, count: count) }
}
