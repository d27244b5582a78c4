import BlackholePipeline
import BlackholeSMTP

/// What a client wishes of the responder, said in the local part of an address: a letter, and two
/// digits of delay.
enum Wish: UInt8, CaseIterable {
    case accept = 0x61  // a
    case refuse = 0x72  // r
    /// Take the recipient, and refuse the message.
    case refuseMessage = 0x6D  // m
    /// Take the recipient, and be late with the message's reply.
    case delayMessage = 0x64  // d
    /// Reply with 421, and close.
    case sayLast = 0x6C  // l
    /// Close without a word.
    case close = 0x63  // c
    case reset = 0x7A  // z
    /// Say nothing any more.
    case silence = 0x73  // s

    static let delayUnit = Duration.milliseconds(3)
}

/// What a connection's greeting is to be: it comes in the address of the client.
enum Greeting: UInt32, CaseIterable {
    case prompt, late, refused, last

    /// The address of the client of a link.
    func address(of link: Int) -> NetworkAddress {
        .ipv4(UInt32(link) << 4 | rawValue, port: 25)
    }

    /// The link and the wish of an address.
    static func read(_ address: NetworkAddress) -> (link: Int, greeting: Greeting) {
        guard case .ipv4(let number, _) = address else { return (0, .prompt) }
        return (Int(number >> 4), Greeting(rawValue: number & 15) ?? .prompt)
    }
}

/// Whether a responder wants content: a type, so that both stacks are compiled.
protocol Interest: SendableMetatype { static var wantsContent: Bool { get } }
enum Indifferent: Interest { static var wantsContent: Bool { false } }
enum Attentive: Interest { static var wantsContent: Bool { true } }

/// A responder whose every reply is its own: with the number of its connection, a serial, and for
/// a message what it consisted of.
struct SimulatedResponder<Attention: Interest>: Responder {
    let link: Int
    private let greeting: Greeting
    private let ledger: Ledger
    private let mail: MailProtocol
    private var serial = 0
    private var messageWish = Wish.accept
    private var hash = ContentHash()
    /// The hash of the message that recipients are answered for (LMTP).
    private var deliveredHash = 0

    init(_ peer: borrowing Peer, _ ledger: Ledger, _ mail: MailProtocol) {
        (link, greeting) = Greeting.read(peer.address)
        self.ledger = ledger
        self.mail = mail
    }

    static var wantsContent: Bool { Attention.wantsContent }

    mutating func connect(_ context: inout Context) -> Answer {
        switch greeting {
        case .prompt: .accept
        case .late: .accept.delayed(by: Wish.delayUnit * (link % 100))
        case .refused: say(554, "5.3.2")
        case .last: say(421, "4.3.2").thenClose()
        }
    }

    mutating func mail(
        _ mail: MailCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        messageWish = .accept
        return answer(line.extracting(mail.path), "2.1.0")
    }

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        answer(line.extracting(recipient.path), "2.1.5")
    }

    mutating func content(_ bytes: RawSpan, _ context: inout Context) {
        bytes.withUnsafeBytes { hash.add($0) }
    }

    mutating func message(_ message: IncomingMessage, _ context: inout Context) -> Answer {
        ledger.with { $0.records[link].messages += 1 }
        deliveredHash = hash.number
        hash = ContentHash()
        return mail == .lmtp ? .accept : answer(message, isFirst: true)
    }

    mutating func deliver(
        _ message: IncomingMessage, to recipient: Int, _ context: inout Context
    ) -> Answer {
        answer(message, isFirst: recipient == 0)
    }

    private mutating func answer(_ message: IncomingMessage, isFirst: Bool) -> Answer {
        let code = messageWish == .refuseMessage ? 451 : 250
        var text = WireQueue()
        text.append(" bytes=")
        text.append(decimal: message.bytes)
        text.append(" hash=")
        text.append(decimal: deliveredHash)
        let answer = say(code, code == 250 ? "2.0.0" : "4.3.0", text)
        return messageWish == .delayMessage && isFirst
            ? answer.delayed(by: Wish.delayUnit * 70) : answer
    }

    mutating func reset(_ context: inout Context) {
        hash = ContentHash()
        messageWish = .accept
    }

    mutating func verify(_ argument: RawSpan, _ context: inout Context) -> Answer {
        say(252, "2.0.0")
    }

    mutating func noop(_ context: inout Context) -> Answer { say(250, "2.0.0") }

    mutating func quit(_ context: inout Context) -> Answer { say(221, "2.0.0") }

    private mutating func answer(_ path: RawSpan, _ enhanced: StaticString) -> Answer {
        let (letter, delay) = path.withUnsafeBytes { bytes in
            bytes.count < 3
                ? (0, 0) : (bytes[0], Int(bytes[1] &- 0x30) * 10 + Int(bytes[2] &- 0x30))
        }
        guard let wish = Wish(rawValue: letter) else { return say(250, enhanced) }
        // A late silence may come too late.
        if wish == .silence, delay == 0 { ledger.with { $0.records[link].isSilent = true } }
        return carryOut(wish, enhanced).delayed(by: Wish.delayUnit * delay)
    }

    private mutating func carryOut(_ wish: Wish, _ enhanced: StaticString) -> Answer {
        switch wish {
        case .accept: return say(250, enhanced)
        case .refuse: return say(550, "5.1.1")
        case .refuseMessage, .delayMessage:
            messageWish = wish
            return say(250, enhanced)
        case .sayLast: return say(421, "4.3.2").thenClose()
        case .close: return .close
        case .reset: return .reset
        case .silence: return .silence
        }
    }

    private mutating func say(
        _ code: Int, _ enhanced: StaticString, _ more: WireQueue = WireQueue()
    ) -> Answer {
        serial += 1
        var text = WireQueue()
        text.append(decimal: code)
        text.append(" ")
        text.append(enhanced)
        text.append(" #")
        text.append(decimal: link)
        text.append(".")
        text.append(decimal: serial)
        more.withFirst(more.count) { text.append($0) }
        text.append("\r\n")
        return text.withFirst(text.count) { .raw(UInt16(code), $0) }
    }
}

/// What content is known by: it hangs on each byte and its place.
struct ContentHash {
    private var state: UInt32 = 0x811C_9DC5

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes { add(byte) }
    }

    mutating func add(_ byte: UInt8) {
        state = (state ^ UInt32(byte)) &* 0x0100_0193
    }

    var number: Int { Int(state) }
}
