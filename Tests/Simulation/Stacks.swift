import BlackholePipeline
import BlackholeRules
import BlackholeRuleScenarios
import BlackholeSMTP

/// The stacks that the simulated loop runs: the onion of the product, in a layer that watches and
/// one that waits.
struct Stacks {
    private let ledger: Ledger
    private let settings: SessionSettings
    private let dozeRate: Int
    private let seed: UInt64
    private let plan: SimulationPlan
    private let tallies: Tallies
    private let rules: RulesInForce

    init(_ plan: SimulationPlan, _ ledger: Ledger, seed: UInt64) {
        self.ledger = ledger
        self.seed = seed
        self.plan = plan
        tallies = Tallies(known: seed)
        rules = RulesInForce(RuleProgram(plan.rules, tallies))
        dozeRate = plan.doze
        settings = SessionSettings(
            hostName: "simulation.example", limits: plan.smtp, protocol: plan.mail)
    }

    /// What listeners run: some have rules, some look at content, some translate.
    func recipe(of listener: Int) -> StackRecipe {
        guard !plan.hasRules(listener) else {
            return Stacks.translates(listener)
                ? StackRecipe { [self] in
                    watched($0) { peer in Veil(Stacks.mask) { ruled(peer) } }
                }
                : StackRecipe { [self] in watched($0) { ruled($0) } }
        }
        return switch (Stacks.looksAtContent(listener), Stacks.translates(listener)) {
        case (false, false): StackRecipe { [self] in watched($0) { mail(Indifferent.self, $0) } }
        case (true, false): StackRecipe { [self] in watched($0) { mail(Attentive.self, $0) } }
        case (false, true):
            StackRecipe { [self] in
                watched($0) { peer in Veil(Stacks.mask) { mail(Indifferent.self, peer) } }
            }
        case (true, true):
            StackRecipe { [self] in
                watched($0) { peer in Veil(Stacks.mask) { mail(Attentive.self, peer) } }
            }
        }
    }

    static func looksAtContent(_ listener: Int) -> Bool { listener % 2 == 1 }

    static let mask: UInt8 = 0x5A

    static func translates(_ listener: Int) -> Bool { listener % 3 == 1 }

    private func watched<Next: ByteHandler & ~Copyable>(
        _ peer: borrowing Peer, _ next: (borrowing Peer) -> Next
    ) -> Witness<Dozing<Next>> {
        let link = Greeting.read(peer.address).link
        let inside = next(peer)
        return Witness(
            link, ledger,
            Dozing(link, ledger, Dice(seed: seed &+ UInt64(link)), rate: dozeRate, inside))
    }

    private func mail<Attention: Interest>(
        _: Attention.Type, _ peer: borrowing Peer
    ) -> LineFraming<DataDiscard<SMTPSession<SimulatedResponder<Attention>>>> {
        let responder = SimulatedResponder<Attention>(peer, ledger, settings.protocol)
        return LineFraming(maximumLineLength: settings.maximumFramedLineLength) {
            DataDiscard { SMTPSession(settings, responder) }
        }
    }

    private func ruled(
        _ peer: borrowing Peer
    ) -> RuleBooks<RuleLayer<LineFraming<DataDiscard<RuledSession>>>> {
        let link = Greeting.read(peer.address).link
        let connection = RuleConnection(
            peer: .ipv4(0xC000_0200 + UInt32(link % 7), port: 25), listener: ":25",
            number: UInt64(link))
        let session = RuleSession(rules, connection)
        return RuleBooks(
            link, ledger, session,
            RuleLayer(session) {
                LineFraming(maximumLineLength: settings.maximumFramedLineLength) {
                    DataDiscard {
                        RuleCommands(session) {
                            SMTPSession(settings, RuleResponder(session, RequestReader()))
                        }
                    }
                }
            })
    }

    private typealias RuledSession = RuleCommands<SMTPSession<RuleResponder<RequestReader>>>

    /// Puts other rules in force, as a reload does.
    func replace(_ rules: [Rule]) {
        self.rules.replace(by: RuleProgram(rules, tallies))
    }

    /// The connections that rules count as open.
    var openCount: Int { tallies.open.total }

    /// What a connection of the loop's own runs.
    func callerRecipe() -> StackRecipe {
        let ledger = ledger
        return StackRecipe { peer in
            let link = Greeting.read(peer.address).link
            return Witness(link, ledger, Caller(link, ledger))
        }
    }
}

/// A client's stack: says something, and wants to hear it again; it may have a successor, which it
/// asks the loop for at its beginning or at its end.
struct Caller: ByteHandler {
    private let link: Int
    private let ledger: Ledger

    init(_ link: Int, _ ledger: Ledger) {
        self.link = link
        self.ledger = ledger
    }

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        let text = "call \(link)\n"
        guard input.byteCount >= text.utf8.count else { return Intake(0) }
        if input.text != text { ledger.fail(link, "the echo is another: \(input.text)") }
        return Intake(input.byteCount, .close)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        let asks = event == .closed || event == .opened && link % 2 == 0
        if asks, !context.isStopping, let next = ledger.takeSuccessor(of: link) {
            context.connect(to: Greeting.prompt.address(of: next))
        }
        switch event {
        case .opened:
            context.output.append(text: "call \(link)\n")
            context.deadline = context.now + ledger.idle
            return .proceed
        case .closed, .secured, .resumed, .woken: return .proceed
        case .ended, .expired, .stopping, .aborting: return .close
        }
    }
}
