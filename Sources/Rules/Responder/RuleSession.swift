internal import BlackholePipeline
package import BlackholeSMTP

/// What rules need to know of one connection: bits, numbers and hashes.
///
/// The names of client and user are kept, so that new rules apply to open connections; other texts
/// only if a placeholder names them. The object has about 500 bytes, and one more block of memory for
/// its bits. All memory is taken when the connection is set up. It survives STARTTLS.
///
/// Its properties are not checked for overlapping access at run time: the checks cost more than the
/// rules. No method holds one property while it calls another that changes the same one.
package final class RuleSession {
    /// The rules that this connection is decided by.
    @exclusivity(unchecked) package internal(set) var program: RuleProgram
    /// What layers around the session have to do.
    @exclusivity(unchecked) package var effects = RuleEffects()
    private let source: RulesInForce
    /// The generation of ``program``.
    @exclusivity(unchecked) private var generation: UInt64
    /// The stages at which there are rules, a bit each.
    @exclusivity(unchecked) private(set) var stages: UInt16 = 0
    /// What must hold at each stage before a rule is looked at; the program's.
    @exclusivity(unchecked) private(set) var guards: UnsafeMutablePointer<StageGuard>
    /// Whether mail from MAIL on is of interest.
    @exclusivity(unchecked) private(set) var followsMail = false
    /// What is known from the start.
    @exclusivity(unchecked) package internal(set) var connection: RuleConnection
    /// The peer's address in print.
    var peerText: [UInt8] { Array(connection.peer.host.utf8) }
    /// The name of the session: `{id}` before there is a message.
    package var id: [UInt8] { RuleSession.name(of: connection.number) }

    /// Bits of what lasts, then those of a message.
    @exclusivity(unchecked) private(set) var words: UnsafeMutablePointer<UInt64>
    @exclusivity(unchecked) var senderNumbers = AddressNumbers()
    @exclusivity(unchecked) var recipientNumbers = AddressNumbers()
    /// The pairs of letters of the current recipient, if some rule demands any.
    @exclusivity(unchecked) var recipientPairs: UInt64 = 0
    /// Hashes of what `per=` counts by; 0 where it is absent.
    @exclusivity(unchecked) var hashes = Hashes()
    @exclusivity(unchecked) var texts = Texts()

    /// The place in ``program`` of the last rule that has answered; whoever reads it sets it to nil.
    @exclusivity(unchecked) package var answeredBy: Int?
    /// The message that was answered last.
    @exclusivity(unchecked) package internal(set) var lastMessage = MessageID.none

    /// The commands of the connection, counted by ``RuleCommands``.
    @exclusivity(unchecked) package var commands: UInt64 = 0
    /// The messages that were answered.
    @exclusivity(unchecked) package internal(set) var messages: UInt64 = 0
    /// The recipients that were accepted.
    @exclusivity(unchecked) package internal(set) var recipients: UInt64 = 0
    /// The bytes of the message so far.
    @exclusivity(unchecked) package internal(set) var bytes: UInt64 = 0
    /// What MAIL declares; nil if it does not.
    @exclusivity(unchecked) var size: UInt64?
    @exclusivity(unchecked) var hasPassword = false
    @exclusivity(unchecked) var isInMessage = false
    /// Whether something is known of the message that has to be forgotten.
    @exclusivity(unchecked) var isFollowing = true
    /// Whether the bits of some candidates are set.
    @exclusivity(unchecked) var hasCandidates = false

    /// Whether DATA has let the content come; a message by BDAT has not asked yet.
    @exclusivity(unchecked) var hasAskedData = false
    /// The next byte count at which rules for content are tried.
    @exclusivity(unchecked) var nextContent = 0
    /// What was decided before the end of a message; nil without rules for DATA or content.
    @exclusivity(unchecked) var decided: Decided?
    /// What was decided at `connect` when the client has named its host, before the greeting.
    @exclusivity(unchecked) var decidedConnect: Decision?
    /// The search that waits for an answer from outside; nil if none does.
    @exclusivity(unchecked) package internal(set) var outside: OutsideQuestion?
    /// What reads header fields; nil if no rule tests any.
    @exclusivity(unchecked) var header: HeaderReader?
    /// The keys under which the connection is counted as open.
    @exclusivity(unchecked) var openKeys: [TallyKey?] = []

    /// Whether rules name the sender or the current recipient.
    var hasNumbers: Bool { senderNumbers.isKnown || recipientNumbers.isKnown }

    /// What `per=` counts by.
    struct Hashes: BitwiseCopyable {
        var hello: UInt64 = 0, user: UInt64 = 0
        var sender: UInt64 = 0, senderDomain: UInt64 = 0
        /// Of the current recipient.
        var recipient: UInt64 = 0, recipientDomain: UInt64 = 0
        /// Of the first recipient that was accepted.
        var first: UInt64 = 0, firstDomain: UInt64 = 0
    }

    /// What was decided before the end of a message.
    final class Decided {
        /// The answer to DATA, which is owed at the end of a message by BDAT.
        @exclusivity(unchecked) var data: Decision?
        /// What rules for content have decided.
        @exclusivity(unchecked) var content = Decision()
    }

    /// Copies of what placeholders name.
    struct Texts {
        var hello: [UInt8] = [], user: [UInt8] = [], sender: [UInt8] = []
        /// The first recipient that was accepted.
        var recipient: [UInt8] = []
    }

    /// Begins a connection, which is counted as open until the object is released.
    package init(_ source: RulesInForce, _ connection: RuleConnection) {
        self.source = source
        generation = source.generation
        let program = source.program
        self.program = program
        guards = program.guards
        self.connection = connection
        words = .allocate(capacity: max(1, program.words.count))
        program.allTallies.open.enter()
        begin()
    }

    /// Who the client has said it is; nil if it has not, or was refused.
    package var user: String? {
        hasBit(LastingFact.user.presence) ? String(decoding: texts.user, as: UTF8.self) : nil
    }

    deinit {
        leaveAll()
        program.allTallies.open.leave()
        words.deallocate()
    }

    /// Takes up new rules, unless a message is under way or a search waits.
    func adopt() {
        guard generation != source.generation, !isInMessage, outside == nil else { return }
        leaveAll()
        let wasHello = hasBit(LastingFact.hello.presence)
        let wasUser = hasBit(LastingFact.user.presence)
        hashes = Hashes()
        generation = source.generation
        program = source.program
        words.deallocate()
        words = .allocate(capacity: max(1, program.words.count))
        begin()
        let texts = texts
        if wasHello { setHello(texts.hello.span.bytes) }
        if wasUser { setUser(texts.user.span.bytes) }
    }

    /// The client is nobody any more: a login that rules have accepted was refused after all.
    package func forgetUser() { clear(.user) }

    /// Sets what is known from the start.
    private func begin() {
        stages = program.stages
        guards = program.guards
        followsMail = program.followsMail
        let decidesEarly = program.hasRules(at: .content) || program.hasRules(at: .data)
        decided = decidesEarly ? Decided() : nil
        header = HeaderReader(program)
        words.initialize(repeating: 0, count: max(1, program.words.count))
        senderNumbers = AddressNumbers()
        let peerConditions = program.conditions[LastingFact.peer.rawValue]
        if !peerConditions.isEmpty {
            let printed = peerText
            for condition in peerConditions
            where condition.matcher.matches(connection.peer, printed: printed.span.bytes) {
                setBit(condition.bit)
            }
        }
        setBit(LastingFact.peer.presence)
        let listener = connection.listener
        set(.listener, listener.utf8.span.bytes)
        setSecurity()
        if keeps(.sender) { texts.sender.reserveCapacity(256) }
        if keeps(.recipient) { texts.recipient.reserveCapacity(256) }
        if program.editCount > 0 { effects.keywordEdits.reserveCapacity(program.editCount) }
        openKeys = Array(repeating: nil, count: program.openKeys.count)
        refreshOpen(KeyParts.ofConnection)
    }

    /// The connection has been secured (STARTTLS): what the client has said before does not count.
    package func secure(tls: String, serverName: String?) {
        connection.tls = tls
        connection.serverName = serverName
        clear(.hello)
        clear(.user)
        endMessage()
        clear(.sender)
        setSecurity()
        effects.certificate = nil
        effects.certificateRule = .max
    }

    func setSecurity() {
        set(.tls, connection.tls)
        set(.serverName, connection.serverName)
    }

    private func set(_ fact: LastingFact, _ text: String?) {
        guard let text else { return clear(fact) }
        let bytes = Array(text.utf8)
        set(fact, bytes.span.bytes)
    }

    private func leaveAll() {
        for index in openKeys.indices { leave(at: index) }
    }

    /// A number as a name: no vowels, so that it spells no word.
    private static func name(of number: UInt64) -> [UInt8] {
        let alphabet = Array("0123456789BCDFGHJKLMNPQRSTVWXZbc".utf8)
        var source = RandomSource(seed: number ^ 0x6E61_6D65_206F_6620)
        let bits = source.next()
        return (0..<12).map { alphabet[Int(bits >> ($0 * 5) & 31)] }
    }
}
