import BlackholePipeline

/// What has happened: the last events for whoever reads of a failure, and a hash of all of them.
struct Trace {
    enum Kind: UInt8 {
        // The loop's calls.
        case wait, watch, watchWriting, unwatch, accept, acceptFails, connect, pendingError
        case receive, receiveFails, tellReadable, send, sendFails, endSending, close, closeResetting
        case tell, wakes
        // The network's doing.
        case toServer, toClient, endToServer, endToClient, resetToServer, resetToClient
        case roomForServer, roomForClient, uncork, arrive, settle
        // The clients' doing.
        case connects, writes, reads, replies, ends, resets, leaves, spawn, act, patience
        // The operator's doing.
        case listens, closesListener, stops, leaps
    }

    struct Happening {
        var time = Instant(nanoseconds: 0)
        var step: Int32 = 0
        var link: Int32 = -1
        var kind = Kind.wait
        var first = 0
        var second = 0
    }

    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private var events = [Happening](repeating: Happening(), count: Trace.maximumEvents)
    private(set) var count = 0
    var step: Int32 = 0

    private static let maximumEvents = 1 << 16

    mutating func note(
        _ kind: Kind, link: Int, at time: Instant, _ first: Int = 0, _ second: Int = 0
    ) {
        events[count & (Trace.maximumEvents - 1)] = Happening(
            time: time, step: step, link: Int32(link), kind: kind, first: first, second: second)
        count += 1
        mix(UInt64(bitPattern: time.nanoseconds))
        mix(UInt64(kind.rawValue) << 32 | UInt64(UInt32(bitPattern: Int32(link))))
        mix(UInt64(bitPattern: Int64(first)) &* 31 &+ UInt64(bitPattern: Int64(second)))
    }

    private mutating func mix(_ value: UInt64) {
        hash = (hash ^ value) &* 0x0000_0100_0000_01B3
        hash ^= hash >> 29
    }

    /// The last events of a connection; of all of them where it is none.
    func last(_ number: Int, of link: Int) -> [Happening] {
        let kept = max(0, count - Trace.maximumEvents)..<count
        var found: [Happening] = []
        for index in kept.reversed() {
            let event = events[index & (Trace.maximumEvents - 1)]
            if link < 0 || event.link == link { found.append(event) }
            if found.count == number { break }
        }
        return found.reversed()
    }
}

extension Trace.Happening: CustomStringConvertible {
    var description: String {
        "  step \(step) at \(time.seconds) link \(link): \(kind) \(first) \(second)"
    }
}

extension Instant {
    /// The seconds with their nine decimals.
    var seconds: String {
        let fraction = String(nanoseconds % 1_000_000_000)
        return "\(nanoseconds / 1_000_000_000)."
            + String(repeating: "0", count: 9 - fraction.count) + fraction
    }
}
