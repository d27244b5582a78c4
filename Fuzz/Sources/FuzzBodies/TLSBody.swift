import BlackholePipeline
import BlackholeTLS

/// A TLS session gives plaintext to nobody but the peer that it has shaken hands with, whole and in
/// order, and when it is over it is.
///
/// OpenSSL's randomness has no seed: it is compared what sessions do, and never their records.
public final class TLSBody: FuzzBody {
    private var conversations: [Bool: TLSPair] = [:]
    private let tickets = TLSTickets()
    private var hellos: [Bool: [UInt8]] = [:]

    /// Makes a body.
    public init() {}

    /// The input: a byte for what is done and for the version, then two for the pieces and the
    /// bytes that come, or the ``Change``s to a flight, or a ``TLSConversation``.
    public func run(_ input: RawSpan) {
        var choices = Choices()
        let mode = choices.byte(of: input)
        let isOld = mode & 8 != 0
        switch mode & 7 {
        case 0: hearStranger(TLSKeys.made.server, &choices, input)
        case 1: hearStranger(TLSKeys.made.client(isOld: isOld), &choices, input)
        case 2: hearChangedHello(isOld, &choices, input)
        case 3: shakeHandsOverChange(isOld, &choices, input)
        default: converse(isOld, &choices, input)
        }
    }

    /// Somebody who speaks no TLS, or not to us.
    private func hearStranger(
        _ context: TLSContext, _ choices: inout Choices, _ input: RawSpan
    ) {
        let cuts = Cuts(&choices, input)
        let bytes = Array(input, choices.rest(of: input))
        hear(bytes, cuts, context)
    }

    /// A client's first words, changed.
    private func hearChangedHello(_ isOld: Bool, _ choices: inout Choices, _ input: RawSpan) {
        let cuts = Cuts(&choices, input)
        var bytes = hello(isOld)
        var changes = 0
        while !choices.rest(of: input).isEmpty, changes < 16 {
            Change(&choices, input).apply(to: &bytes)
            changes += 1
        }
        bytes += Array(input, choices.rest(of: input))
        hear(bytes, cuts, TLSKeys.made.server)
    }

    private func hear(_ bytes: [UInt8], _ cuts: Cuts, _ context: TLSContext) {
        var cuts = cuts
        let choose = context.role == .server ? TLSKeys.choice : nil
        let whole = TLSEnd(context, identity: choose)
        whole.take(bytes)
        let cut = TLSEnd(context, identity: choose)
        cut.take(bytes, &cuts)
        for end in [whole, cut] {
            require(
                end.phase == .handshaking || end.phase == .failed,
                "no handshake is done with a stranger")
            require(!end.say([1, 2, 3]) && !end.close(), "and nothing is said to one")
            require(end.details == nil, "nor is anything agreed on")
            end.read()
            require(end.heard.isEmpty, "and nothing is heard")
        }
        require(
            whole.phase == cut.phase && whole.error == cut.error,
            "it fails the same however the bytes come")
    }

    private func hello(_ isOld: Bool) -> [UInt8] {
        if let hello = hellos[isOld] { return hello }
        let client = TLSEnd(TLSKeys.made.client(isOld: isOld), serverName: "localhost")
        client.take()
        let hello = client.takeOutput()
        hellos[isOld] = hello
        return hello
    }

    /// A handshake of which one flight is changed on its way.
    private func shakeHandsOverChange(_ isOld: Bool, _ choices: inout Choices, _ input: RawSpan) {
        let which = choices.byte(of: input)
        let cuts = Cuts(&choices, input)
        var changes: [Change] = []
        while !choices.rest(of: input).isEmpty, changes.count < 16 {
            changes.append(Change(&choices, input))
        }
        let ticket = which & 4 == 0 ? nil : tickets.ticket(isOld: isOld)
        let pair = TLSPair(isOld: isOld, resuming: ticket)
        var isChanged = false
        pair.converse(cuts) { flight, bytes in
            guard flight == Int(which & 3) else { return }
            let before = bytes
            for change in changes { change.apply(to: &bytes) }
            isChanged = bytes != before
        }
        let areBothSure = pair.client.details != nil && pair.server.details != nil
        require(isChanged || areBothSure, "a handshake that nobody disturbs is done")
        if areBothSure {
            let (left, right) = (pair.client.details, pair.server.details)
            require(left?.version == right?.version, "both have agreed on one version")
            require(left?.cipher == right?.cipher, "and on one cipher")
        }
        let (ask, answer) = (Array("ask".utf8), Array("answer".utf8))
        pair.client.say(ask)
        pair.server.say(answer)
        pair.converse(cuts)
        pair.client.readAll()
        pair.server.readAll()
        if isChanged {
            require(pair.server.heard.isEmpty || areBothSure, "nothing is heard before one is sure")
            require(ask.starts(with: pair.server.heard), "nothing is heard but what was said")
            require(answer.starts(with: pair.client.heard), "nothing is heard but what was said")
        } else {
            require(pair.server.heard == ask && pair.client.heard == answer, "all is heard")
        }
    }

    private func converse(_ isOld: Bool, _ choices: inout Choices, _ input: RawSpan) {
        let pair = conversations.removeValue(forKey: isOld) ?? makePair(isOld)
        var conversation = TLSConversation(pair)
        conversation.run(&choices, input)
        pair.uses += 1
        // A fresh one now and then: sequence numbers are all that an undisturbed one keeps.
        if conversation.isUndisturbed, pair.uses < 100 { conversations[isOld] = pair }
    }

    private func makePair(_ isOld: Bool) -> TLSPair {
        let pair = TLSPair(isOld: isOld, resuming: tickets.ticket(isOld: isOld))
        pair.converse()
        require(pair.client.phase == .established, "the client is sure")
        require(pair.server.phase == .established, "the server is sure")
        require(pair.client.details?.isResumed == true, "and knows the client")
        return pair
    }
}

extension [UInt8] {
    /// Copies a range of the input.
    init(_ input: RawSpan, _ range: Range<Int>) {
        self = input.extracting(range).withUnsafeBytes { Array($0) }
    }
}
