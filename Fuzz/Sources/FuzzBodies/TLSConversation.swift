import BlackholePipeline
import BlackholeTLS

/// Two established sessions that talk, with somebody on the line who changes what they say.
struct TLSConversation {
    private let pair: TLSPair
    /// From the client, and from the server.
    private var ways = [TLSWay(), TLSWay()]
    private var keyUpdates = 0

    init(_ pair: TLSPair) { self.pair = pair }

    /// Whether the two may go on talking.
    private(set) var isUndisturbed = false

    private func speaker(_ index: Int) -> TLSEnd { index == 0 ? pair.client : pair.server }
    private func hearer(_ index: Int) -> TLSEnd { index == 0 ? pair.server : pair.client }

    /// What is done, step by step: a byte for the step and the way, then its own.
    mutating func run(_ choices: inout Choices, _ input: RawSpan) {
        _ = pair.client.takeHeard()
        _ = pair.server.takeHeard()
        var spoken = 0
        while !choices.rest(of: input).isEmpty {
            let step = choices.byte(of: input)
            let index = Int(step & 1)
            if step & 0x80 != 0 {
                updateKeys(index)
                continue
            }
            switch step >> 1 & 7 {
            case 0:
                let count = min(Int(choices.byte(of: input)), choices.rest(of: input).count)
                var bytes: [UInt8] = []
                for _ in 0..<count { bytes.append(choices.byte(of: input)) }
                say(bytes, index)
            case 1:
                // Of several records, but not too often: it is slow.
                let count = Int(choices.byte(of: input)) * 257
                spoken += count
                guard spoken < 200_000 else { break }
                say((0..<count).map { UInt8(truncatingIfNeeded: $0 / 251 &+ $0) }, index)
            case 2: ways[index].deliver(Int(choices.byte(of: input)), to: hearer(index))
            case 3: ways[index].deliver(.max, to: hearer(index))
            case 4: ways[index].change(Change(&choices, input))
            case 5:
                speaker(index).close()
                ways[index].queue(speaker(index).takeOutput(), [])
            case 6: hearer(index).maximumPlaintext = Int(choices.byte(of: input)) << 4
            default:
                hearer(index).read()
                hearer(index).take()
            }
        }
        finish()
    }

    private mutating func say(_ bytes: [UInt8], _ index: Int) {
        // An alert that the speaker has said comes first.
        ways[index].queue(speaker(index).takeOutput(), [])
        let isSaid = speaker(index).say(bytes)
        ways[index].queue(speaker(index).takeOutput(), isSaid ? bytes : [])
    }

    /// Asks for new keys, not so often that the session ends for it.
    private mutating func updateKeys(_ index: Int) {
        guard keyUpdates < 8 else { return }
        keyUpdates += 1
        ways[index].queue(speaker(index).takeOutput(), [])
        speaker(index).updateKeys()
        ways[index].queue(speaker(index).takeOutput(), [])
    }

    /// Delivers all that is left, reads it, and compares.
    private mutating func finish() {
        pair.client.readAll()
        pair.server.readAll()
        for round in 0..<8 {
            var isQuiet = true
            for index in 0...1 {
                ways[index].queue(speaker(index).takeOutput(), [])
                if ways[index].hasMore { isQuiet = false }
                ways[index].deliver(.max, to: hearer(index))
                hearer(index).readAll()
            }
            if isQuiet { break }
            require(round < 7, "two sessions come to rest")
        }
        for index in 0...1 { check(index) }
        isUndisturbed =
            pair.client.phase == .established && pair.server.phase == .established
            && !pair.client.hasSaidClose && !pair.server.hasSaidClose && keyUpdates == 0
            && !ways[0].isChanged && !ways[1].isChanged && pair.client.isIdle && pair.server.isIdle
    }

    private func check(_ index: Int) {
        let (way, speaker, hearer) = (ways[index], speaker(index), hearer(index))
        require(way.said.starts(with: hearer.heard), "nothing is heard but what was said, in order")
        guard !way.isChanged else {
            require(hearer.heard.count <= way.intactCount, "nothing is heard behind a change")
            return
        }
        require(hearer.heard.count == way.said.count, "all is heard that was said")
        guard speaker.phase != .failed else { return }
        require(
            hearer.phase == (speaker.hasSaidClose ? .ended : .established),
            "a session is over when its peer has closed, and not before")
    }
}

/// What one side says, on its way to the other.
struct TLSWay {
    /// Bytes that are not delivered yet.
    private var wire: [UInt8] = []
    /// All that was queued, and what has become of it.
    private var original: [UInt8] = []
    private var changed: [UInt8] = []
    private(set) var said: [UInt8] = []
    /// The records: where each ends in the original, and in what was said.
    private var records: [(end: Int, saidEnd: Int)] = []
    private var hasChange = false

    var hasMore: Bool { !wire.isEmpty }
    /// Whether the hearer gets something else than what was queued.
    var isChanged: Bool { hasChange && original != changed }
    /// What was said in the records before the first change.
    ///
    /// A byte that was cut off may come back as the next record's first: this is not known before
    /// the end.
    var intactCount: Int {
        let position = zip(original, changed).prefix { $0 == $1 }.count
        return records.last { $0.end <= position }?.saidEnd ?? 0
    }

    /// Takes a speaker's output, which holds `bytes` in its records.
    mutating func queue(_ output: [UInt8], _ bytes: [UInt8]) {
        var start = 0
        var saidEnd = said.count
        said += bytes
        while start < output.count {
            require(output.count - start > 5, "the output consists of whole records")
            let end = start + 5 + (Int(output[start + 3]) << 8 | Int(output[start + 4]))
            require(end <= output.count, "the output consists of whole records")
            saidEnd = min(said.count, saidEnd + 16_384)
            records.append((original.count + end, saidEnd))
            start = end
        }
        require(bytes.isEmpty || saidEnd == said.count, "all is in the records")
        original += output
        changed += output
        wire += output
    }

    mutating func deliver(_ count: Int, to hearer: TLSEnd) {
        let count = min(count, wire.count)
        hearer.take(wire[..<count])
        wire.removeFirst(count)
    }

    /// Changes what is on its way, once.
    mutating func change(_ change: Change) {
        guard !hasChange else { return }
        hasChange = true
        changed.removeLast(wire.count)
        change.apply(to: &wire)
        changed += wire
    }
}
