import BlackholeSMTP
import Testing

@Suite struct `A transaction` {
    static let phases = Transaction.Phase.allCases

    /// Verb by phase: the code of the refusal, or - where the verb may come.
    ///
    /// The phases are refused, greeted, ready, mail, recipients, chunks.
    static let strict: [(Verb, String)] = [
        (.helo, "503 - - - - -"),
        (.ehlo, "503 - - - - -"),
        (.mail, "503 503 - 503 503 503"),
        (.rcpt, "503 503 503 - - 503"),
        (.data, "503 503 503 503 - 503"),
        (.bdat, "503 503 503 503 - -"),
        (.rset, "503 - - - - -"),
        (.noop, "503 - - - - -"),
        (.vrfy, "503 - - - - -"),
        (.expn, "503 - - - - -"),
        (.help, "503 - - - - -"),
        (.quit, "- - - - - -"),
        (.startTLS, "503 - - - - -"),
        (.auth, "503 503 - 503 503 503"),
        (.etrn, "503 - - - - -"),
        (.turn, "503 - - - - -"),
        (.send, "503 - - - - -"),
        (.soml, "503 - - - - -"),
        (.saml, "503 - - - - -"),
        (.lhlo, "503 - - - - -"),
        (.unknown, "503 - - - - -"),
    ]

    static let lenient: [(Verb, String)] = strict.map { verb, row in
        switch verb {
        case .mail, .auth: (verb, "503 - - - - -")
        case .rcpt, .data: (verb, "503 - - - - 503")
        case .bdat: (verb, "503 - - - - -")
        default: (verb, row)
        }
    }

    static func row(
        _ verb: Verb, isLenient: Bool, _ change: (inout Transaction) -> Void = { _ in }
    ) -> String {
        phases.map { phase in
            var transaction = Transaction()
            transaction.phase = phase
            change(&transaction)
            return transaction.refusal(of: verb, isLenient: isLenient).map { "\($0.code)" } ?? "-"
        }.joined(separator: " ")
    }

    @Test func `has a row for every verb`() {
        #expect(Self.strict.map(\.0) == Verb.allCases)
        #expect(Self.phases == [.refused, .greeted, .ready, .mail, .recipients, .chunks])
    }

    @Test(arguments: strict)
    func `keeps the order of commands`(verb: Verb, row: String) {
        #expect(Self.row(verb, isLenient: false) == row)
    }

    @Test(arguments: lenient)
    func `takes any order where it is told to`(verb: Verb, row: String) {
        #expect(Self.row(verb, isLenient: true) == row)
    }

    @Test func `has no valid recipients once one was refused and none accepted`() {
        let change = { (transaction: inout Transaction) in transaction.hasRefusedRecipient = true }
        for verb in [Verb.data, .bdat] {
            #expect(
                Self.row(verb, isLenient: false, change)
                    == "503 503 503 554 - " + (verb == .bdat ? "-" : "503"))
            #expect(
                Self.row(verb, isLenient: true, change)
                    == "503 - - 554 - " + (verb == .bdat ? "-" : "503"))
        }
    }

    @Test func `takes binary content by BDAT only`() {
        let change = { (transaction: inout Transaction) in transaction.body = .binaryMIME }
        #expect(Self.row(.data, isLenient: false, change) == "503 503 503 503 503 503")
        #expect(Self.row(.data, isLenient: true, change) == "503 503 503 503 503 503")
        #expect(Self.row(.bdat, isLenient: false, change) == "503 503 503 503 - -")
    }

    @Test(arguments: phases)
    func `forgets the message but not the greeting`(phase: Transaction.Phase) {
        var transaction = Transaction()
        transaction.begin(body: .binaryMIME, isUTF8: true)
        transaction.addRecipient()
        transaction.hasRefusedRecipient = true
        transaction.chunkBytes = 5
        transaction.offeredBytes = 5
        transaction.phase = phase
        #expect(transaction.isIdle == [.refused, .greeted, .ready].contains(phase))
        let isIdle = transaction.isIdle
        transaction.reset()
        #expect(transaction.phase == (isIdle ? phase : .ready))
        guard !isIdle else { return }
        #expect(transaction.body == .sevenBit && !transaction.isUTF8)
        #expect(transaction.recipients == 0 && !transaction.hasRefusedRecipient)
        #expect(transaction.chunkBytes == 0 && transaction.offeredBytes == 0)
    }

    @Test(arguments: phases)
    func `has a message under way while content comes`(phase: Transaction.Phase) {
        var transaction = Transaction()
        transaction.phase = phase
        transaction.beginContent()
        #expect(!transaction.isIdle)
    }
}
