internal import BlackholePipeline
internal import BlackholeSMTP
internal import Synchronization

/// What is measured of the connections of one loop that are recorded, besides what the loop counts of all.
///
/// Its loop writes and others read, without a lock that the loop could wait for.
package final class LoopMeters: Sendable {
    let counters = Counters()
    /// The listeners and domains that are counted by name, and the places of their counters.
    private let listeners, domains: [String: Int]
    private let busiest = Mutex(Busiest())

    /// The domains and the clients that send or get the most.
    private struct Busiest: Sendable {
        var domains = BusiestNames()
        var clients = BusiestNames()
    }

    /// The label of all other listeners, or domains.
    static let other = "other"
    /// The most names that are counted: of listeners, and of domains.
    static let maximumNames = 100

    /// Creates meters that all stand at 0.
    ///
    /// - Parameters:
    ///   - listeners: the names that entries have for listeners.
    ///   - domains: the domains whose messages are counted, in small letters.
    package init(listeners: [String] = [], domains: [String] = []) {
        func places(_ names: [String]) -> [String: Int] {
            let some = names.prefix(LoopMeters.maximumNames)
            return Dictionary(zip(some, some.indices)) { first, _ in first }
        }
        self.listeners = places(listeners)
        self.domains = places(domains)
    }

    // MARK: The loop

    /// Counts a connection.
    func opened(on listener: String) { counters.add(1, to: Place.listener(listeners[listener])) }

    /// Counts the end of a session.
    func ended(_ ending: SessionSummary.Ending) { counters.add(1, to: Place.ending(ending)) }

    /// Counts a session that its client has left without a word, after this stage.
    func lost(after stage: RefusalStage) { counters.add(1, to: Place.loss(stage)) }

    /// Counts a reply that refuses nothing, and how long it took; those that refuse are in the loop's own
    /// counters.
    func replied(at stage: RefusalStage, _ code: Int, after nanoseconds: UInt64) {
        if code < Counter.refusingCodes.lowerBound {
            counters.add(1, to: Place.reply(stage, code))
        }
        LoopMeters.latency.add(nanoseconds, to: counters)
    }

    /// Counts a transaction that has come to nothing.
    func aborted() { counters.add(1, to: Place.aborted) }

    /// Counts a transaction that was answered.
    func completed(_ entry: Entry, after nanoseconds: UInt64) {
        counters.add(1, to: Place.outcome(entry.outcome))
        LoopMeters.transactions.add(nanoseconds, to: counters)
        if entry.outcome == .accepted {
            LoopMeters.messageSizes.add(UInt64(clamping: entry.size), to: counters)
        }
        let recipients = entry.recipients
        let names =
            recipients.count == 1
            ? [LoopMeters.domain(of: recipients[0])]
            : Array(Set(recipients.prefix(100).map(LoopMeters.domain)))
        for name in names where !domains.isEmpty {
            counters.add(1, to: Place.domain(domains[name], entry.outcome))
        }
        // While somebody reads them they miss a few.
        busiest.withLockIfAvailable { busiest in
            for name in names { busiest.domains.add(name) }
            busiest.clients.add(entry.peer)
        }
    }

    /// The domain of a path, in small letters.
    private static func domain(of path: String) -> String {
        guard let at = path.utf8.lastIndex(of: UInt8(ascii: "@")) else { return "" }
        let domain = path[path.index(after: at)...]
        let isLowered = domain.utf8.allSatisfy { $0 < 0x80 && !(0x41...0x5A ~= $0) }
        return isLowered ? String(domain) : domain.lowercased()
    }

    // MARK: The readers

    /// How long transactions took, from MAIL to the reply that ended them, in nanoseconds.
    static let transactions = Histogram(at: 200, bounds: Histogram.times)
    /// How long it took from a command's last byte to its reply, in nanoseconds.
    static let latency = Histogram(at: 240, bounds: Histogram.shortTimes)
    /// The sizes of the messages that were accepted, in bytes.
    static let messageSizes = Histogram(at: 280, bounds: Histogram.sizes)

    /// The names of listeners, or of domains, that are counted.
    var listenerNames: [String] { listeners.keys.sorted() }
    var domainNames: [String] { domains.keys.sorted() }

    func connections(on listener: String?) -> UInt64 {
        counters[Place.listener(listener.flatMap { listeners[$0] })]
    }

    func messages(to domain: String?, _ outcome: Entry.Outcome) -> UInt64 {
        counters[Place.domain(domain.flatMap { domains[$0] }, outcome)]
    }

    /// The busiest domains and clients, with how often each was seen at least.
    var busiestNames: (domains: [BusiestNames.Row], clients: [BusiestNames.Row]) {
        busiest.withLock { ($0.domains.rows, $0.clients.rows) }
    }

    /// Where each is counted.
    enum Place {
        static let aborted = Counter(index: 0)

        static func outcome(_ outcome: Entry.Outcome) -> Counter {
            Counter(index: 1 + outcome.place)
        }

        static func ending(_ ending: SessionSummary.Ending) -> Counter {
            Counter(index: 8 + (SessionSummary.Ending.allCases.firstIndex(of: ending) ?? 0))
        }

        static func loss(_ stage: RefusalStage) -> Counter {
            Counter(index: 16 + Int(stage.rawValue))
        }

        /// The codes that are counted by themselves; others are together, under nil.
        static let codes = [220, 221, 235, 250, 251, 252, 253, 334, 354, 355]

        static func reply(_ stage: RefusalStage, _ code: Int?) -> Counter {
            let place = code.flatMap { codes.firstIndex(of: $0) } ?? codes.count
            return Counter(index: 32 + 16 * Int(stage.rawValue) + place)
        }

        static func listener(_ place: Int?) -> Counter {
            Counter(index: 320 + (place ?? maximumNames))
        }

        static func domain(_ place: Int?, _ outcome: Entry.Outcome) -> Counter {
            Counter(index: 512 + 4 * (place ?? maximumNames) + outcome.place)
        }
    }
}

extension Entry.Outcome {
    fileprivate var place: Int { Entry.Outcome.allCases.firstIndex(of: self) ?? 0 }
}
