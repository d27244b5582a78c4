import BlackholePipeline
import BlackholeSMTP

/// A client as a machine: it says what its ``SimulatedDialogue`` has, in the way of its ``Temper``, and
/// misses no reply, and none of the server's duties, without saying so.
struct SimulatedClient {
    enum Phase {
        case talking
        /// Nothing more is said: the end is waited for.
        case waiting
        case gone
    }

    let link: Int
    let temper: Temper
    /// Whether rules answer, and so anything may be said at any stage.
    let isRuled: Bool
    var dice: Dice
    var dialogue: SimulatedDialogue
    var phase = Phase.talking
    /// Messages with a positive reply that has come.
    var acknowledged = 0

    var reader = ReplyReader()
    var outgoing = WireQueue()
    var commandsLeft: Int
    var serial = 0
    /// The last words have come.
    var hasHeardLast = false
    var hasHeardGreeting = false
    var writeTime: Instant
    var readTime: Instant
    var hasThought = true
    /// What had happened when patience was last looked at; and for how long nothing has.
    var events = 0
    var eventsBefore = -1
    var strikes = 0

    init(
        _ link: Int, of listener: Int, _ temper: Temper, _ plan: SimulationPlan, hashes: Bool,
        _ dice: Dice, at time: Instant
    ) {
        self.link = link
        self.temper = temper
        isRuled = plan.hasRules(listener)
        self.dice = dice
        dialogue = SimulatedDialogue(temper.greeting, plan, hashes: hashes)
        commandsLeft = temper.maximumCommands
        writeTime = time
        readTime = time
    }

    /// Reads, thinks and writes, as far as its temper lets it now.
    mutating func act(_ network: inout Network) {
        guard phase != .gone else { return }
        read(&network)
        guard phase != .gone else { return }
        if network.links[link].isClientReset { return end(&network, byReset: true) }
        if network.links[link].toClient.hasEndArrived, network.links[link].toClient.arrived == 0 {
            return end(&network, byReset: false)
        }
        guard phase == .talking, network.time >= writeTime else { return }
        compose(&network)
        if phase == .talking { write(&network) }
    }

    /// Has little more to say from here on.
    mutating func hurry() {
        commandsLeft = 0
    }

    /// Asks whether anything has happened since it last asked: the server owes every connection an
    /// end, at the latest when its times are over.
    mutating func losePatience(_ network: inout Network) {
        guard phase != .gone else { return }
        let count = events + network.links[link].toServer.bytes.count
        strikes = count == eventsBefore ? strikes + 1 : 0
        eventsBefore = count
        let isOpen = network.links[link].state == .open
        // A leap of the clock may come before the loop's turn: once is not enough.
        if strikes == 3, temper.maximumRead > 0, isOpen {
            network.fail(link, "the client waits for an end that does not come")
        }
        if !isOpen || strikes > 0 && temper.maximumRead == 0 {
            return leave(&network, resetting: true)
        }
        network.agenda.add(.patience, link, at: network.time + network.plan.patience)
    }
}

// MARK: Writing

extension SimulatedClient {
    private var mayCompose: Bool {
        guard outgoing.isEmpty, hasHeardGreeting || temper.isReckless else { return false }
        if temper.isReckless { return dialogue.owedCount < 500 || temper.maximumRead == 0 }
        return dialogue.owedCount == 0
    }

    private mutating func compose(_ network: inout Network) {
        guard mayCompose else { return }
        guard hasThought else {
            // Not at once, but after a while.
            hasThought = true
            pause(Int64(dice.drawWide(1_000...Int(temper.maximumThink))), &network)
            return
        }
        hasThought = false
        if temper.speech == .junk, commandsLeft > 0 {
            commandsLeft -= 1
            return sayJunk()
        }
        let batch = dice.draw(1...temper.maximumBatch)
        for _ in 0..<batch where !dialogue.isOver && commandsLeft > 0 {
            commandsLeft -= 1
            dialogue.speak(&outgoing, &dice)
            if dialogue.mustWait, !temper.isReckless { break }
        }
        if outgoing.isEmpty, commandsLeft == 0 || dialogue.isOver { finish(&network) }
    }

    private mutating func sayJunk() {
        for _ in 0..<dice.drawWide(1...200) {
            switch dice.below(8) {
            case 0: outgoing.append("\r\n")
            case 1: outgoing.append(UInt8(truncatingIfNeeded: dice.next()))
            case 2: outgoing.append("MAIL FROM:<a00@b>\r\n")
            case 3: outgoing.append("RCPT TO:<a00@b>\r\n")
            case 4: outgoing.append("DATA\r\n")
            case 5: outgoing.append("EHLO x\r\n")
            case 6: outgoing.append(".\r\n")
            default: outgoing.append("BDAT 3\r\n")
            }
        }
    }

    /// All is said: ends in its own way.
    private mutating func finish(_ network: inout Network) {
        switch temper.ending {
        case .quit, .quitAndMore:
            guard !dialogue.isOver else { break }
            // In content there is no QUIT.
            if dialogue.isInData { return dialogue.speak(&outgoing, &dice) }
            dialogue.quit(&outgoing)
            if temper.ending == .quitAndMore { outgoing.append("NOOP\r\nNOOP\r\n") }
            return
        case .halfClose: network.endWriting(link)
        case .leave: return leave(&network, resetting: false)
        case .reset: return leave(&network, resetting: true)
        case .stall: break
        }
        phase = .waiting
    }

    private mutating func write(_ network: inout Network) {
        guard !outgoing.isEmpty else { return }
        let count = network.write(link, &outgoing, atMost: temper.maximumWrite)
        events += count
        guard !outgoing.isEmpty || mayCompose else { return }
        if count > 0 || mayCompose { pause(max(1_000, temper.writeGap), &network) }
    }

    private mutating func pause(_ nanoseconds: Int64, _ network: inout Network) {
        writeTime = network.time.advanced(byNanoseconds: nanoseconds)
        network.agenda.add(.act, link, at: writeTime)
    }

    mutating func leave(_ network: inout Network, resetting: Bool) {
        phase = .gone
        network.leave(link, resetting: resetting)
    }
}
