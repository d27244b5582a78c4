import BlackholePipeline
import BlackholeSMTP

/// What a client says, and what it must hear: RFC 5321 as a reader has it in mind.
///
/// It knows each reply when it makes the command, so commands may be pipelined at will.
struct SimulatedDialogue {
    /// A reply that is owed.
    struct Owed {
        var code: Int
        /// It comes from the responder, with the next serial.
        var isNumbered = false
        /// The bytes of the message that it is about, and their hash.
        var content: (bytes: Int, hash: Int)?
        /// It is the message's only reply, or its first (LMTP).
        var isFirst = true
    }

    enum Phase { case refused, greeted, ready, mail, recipients, chunks }

    private(set) var owed: [Owed] = []
    private var firstOwed = 0
    /// Nothing that is said from here on is answered.
    var isOver = false
    /// The answer to DATA was, or will be, 354: content is next.
    var isInData = false
    /// Whether the last command asks for an answer before anything else is sent (RFC 2920 §3.1).
    var mustWait = false

    let limits: SMTPLimits
    let mail: MailProtocol
    let hashes: Bool
    var phase = Phase.greeted
    var hasRefusedRecipient = false
    var recipients = 0
    var isBinary = false
    var messageWish = Wish.accept
    var chunkBytes = 0
    var hash = ContentHash()
    var errorsInRow = 0

    init(_ greeting: Greeting, _ plan: SimulationPlan, hashes: Bool) {
        limits = plan.smtp
        mail = plan.mail
        self.hashes = hashes
        switch greeting {
        case .prompt, .late: owe(220)
        case .refused:
            phase = .refused
            owe(554, numbered: true)
        case .last: finish(421)
        }
    }

    var owedCount: Int { owed.count - firstOwed }

    mutating func takeOwed() -> Owed? {
        guard firstOwed < owed.count else { return nil }
        defer {
            firstOwed += 1
            if firstOwed == owed.count {
                owed.removeAll(keepingCapacity: true)
                firstOwed = 0
            }
        }
        return owed[firstOwed]
    }

    /// The server has ended the dialogue by itself: nothing is owed any more.
    mutating func giveUp() {
        owed.removeAll()
        firstOwed = 0
        isOver = true
    }
}

// MARK: What is owed

extension SimulatedDialogue {
    mutating func owe(_ code: Int, numbered: Bool = false) {
        owed.append(Owed(code: code, isNumbered: numbered))
    }

    mutating func finish(_ code: Int) {
        owe(code, numbered: true)
        isOver = true
    }

    /// A command that was taken.
    mutating func acknowledge(_ code: Int, numbered: Bool = false) {
        errorsInRow = 0
        owe(code, numbered: numbered)
    }

    /// A command that was refused for what it is, or for when it comes.
    mutating func refuse(_ code: Int) {
        errorsInRow += 1
        if errorsInRow >= limits.maximumErrorsInRow {
            owe(421)
            isOver = true
        } else {
            owe(code)
        }
    }

    mutating func forgetTransaction() {
        if phase > .ready { phase = .ready }
        hasRefusedRecipient = false
        recipients = 0
        isBinary = false
        chunkBytes = 0
        hash = ContentHash()
        messageWish = .accept
    }

    /// A message, or what was too big for one, has ended: in LMTP each recipient has a reply.
    mutating func endMessage(bytes: Int, isLast: Bool = true) {
        errorsInRow = 0
        for index in 0..<(mail == .lmtp && isLast ? recipients : 1) {
            if isTooBig(bytes) {
                owe(552)
            } else {
                owed.append(
                    Owed(
                        code: messageWish == .refuseMessage ? 451 : 250, isNumbered: true,
                        content: (bytes, hashes ? hash.number : ContentHash().number),
                        isFirst: index == 0))
            }
        }
        forgetTransaction()
    }

    func isTooBig(_ bytes: Int) -> Bool {
        limits.maximumMessageSize > 0 && bytes > limits.maximumMessageSize
    }
}

extension SimulatedDialogue.Phase: Comparable {}
