internal import Synchronization

/// How many connections there may be at once, in all and of one address.
///
/// One quota is shared by all loops and any listeners: see ``Admission``, the layer that heeds it. It costs
/// a connection a lock that is held for an instant, and nothing while there is no limit.
public final class ConnectionQuota: Sendable {
    private let state: Mutex<State>
    private let report: @Sendable (Refused) -> Void

    /// Why a connection was refused.
    public enum Refused: Sendable, Hashable {
        /// There are as many as there may be.
        case connections(max: Int)
        /// There are as many of this address as there may be.
        case address(SocketAddress, max: Int)
    }

    /// How many there may be; 0 for no limit.
    public struct Limits: Sendable, Hashable {
        /// Connections at once.
        public var connectionsMax = 0
        /// Connections of one address at once.
        ///
        /// What has the first 64 bits of an IPv6 address in common counts as one. The peers of
        /// unix-domain sockets have no addresses, and no limit.
        public var perAddressMax = 0

        /// No limits.
        public init() {}
    }

    /// Makes a quota.
    ///
    /// - Parameters:
    ///   - limits: what is allowed.
    ///   - report: hears of refusals, on a loop's thread, of each kind once a second at the most.
    public init(_ limits: Limits, report: @escaping @Sendable (Refused) -> Void = { _ in }) {
        state = Mutex(State(limits: limits))
        self.report = report
    }

    /// What is allowed from now on; connections that are there stay.
    public var limits: Limits {
        get { state.withLock { $0.limits } }
        set { state.withLock { $0.limits = newValue } }
    }

    /// Lets a connection in, and counts it until it leaves.
    func admit(_ peer: SocketAddress, at now: Instant) -> Entry? {
        let (entry, told) = state.withLock { $0.admit(peer, at: now) }
        if let told { report(told) }
        return entry
    }

    func leave(_ entry: Entry) {
        state.withLock { $0.leave(entry) }
    }

    /// What an admitted connection is counted as: by the limits that there were when it came.
    struct Entry {
        let isCounted: Bool
        let client: Client?
    }

    /// Who counts as one client.
    enum Client: Hashable {
        case ipv4(UInt32)
        case ipv6(prefix: UInt64)

        init?(_ address: SocketAddress) {
            switch address {
            case .ipv4(let number, _): self = .ipv4(number)
            case .ipv6(let prefix, _, _, _): self = .ipv6(prefix: prefix)
            case .unix: return nil
            }
        }
    }
}

extension ConnectionQuota {
    private struct State {
        var limits: Limits
        var connections = 0
        var byClient: [Client: Int] = [:]
        var lastReports = (connections: Instant.longAgo, address: Instant.longAgo)

        init(limits: Limits) { self.limits = limits }

        /// Counts a connection, or says why not, and whether that is to be told.
        mutating func admit(_ peer: SocketAddress, at now: Instant) -> (Entry?, told: Refused?) {
            let isCounted = limits.connectionsMax > 0
            if isCounted, connections >= limits.connectionsMax {
                let isDue = State.isDue(&lastReports.connections, now)
                return (nil, isDue ? .connections(max: limits.connectionsMax) : nil)
            }
            let client = limits.perAddressMax > 0 ? Client(peer) : nil
            if let client {
                let count = byClient[client] ?? 0
                guard count < limits.perAddressMax else {
                    let isDue = State.isDue(&lastReports.address, now)
                    return (nil, isDue ? .address(peer, max: limits.perAddressMax) : nil)
                }
                byClient[client] = count + 1
            }
            if isCounted { connections += 1 }
            return (Entry(isCounted: isCounted, client: client), nil)
        }

        mutating func leave(_ entry: Entry) {
            if entry.isCounted { connections -= 1 }
            guard let client = entry.client, let count = byClient[client] else { return }
            byClient[client] = count > 1 ? count - 1 : nil
        }

        private static func isDue(_ last: inout Instant, _ now: Instant) -> Bool {
            guard now >= last.advanced(byNanoseconds: 1_000_000_000) else { return false }
            last = now
            return true
        }
    }
}

extension Instant {
    fileprivate static var longAgo: Instant { Instant(nanoseconds: .min) }
}
