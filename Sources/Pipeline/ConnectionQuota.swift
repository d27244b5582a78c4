internal import Synchronization

/// How many connections there may be at once, in all and of one address.
///
/// One quota is shared by all loops and any listeners: see ``Admission``, the layer that heeds it. It costs
/// a connection a lock that is held for an instant, and nothing while there is no limit.
public final class ConnectionQuota: Sendable {
    private let state: Mutex<State>
    /// So that a connection takes no lock while there is nothing to count.
    private let hasLimits: Atomic<Bool>
    private let report: @Sendable (Refused) -> Void

    /// Why a connection was refused.
    public enum Refused: Sendable, Hashable {
        /// There are as many as there may be.
        case connections(max: Int)
        /// There are as many of this address as there may be; of IPv6, of this /64.
        case address(NetworkAddress, max: Int)
    }

    /// How many there may be; 0 for no limit.
    public struct Limits: Sendable, Hashable {
        /// Connections at once.
        public var maximumConnections = 0
        /// Connections of one address at once.
        ///
        /// What has the first 64 bits of an IPv6 address in common counts as one. The peers of
        /// unix-domain sockets have no addresses, and no limit.
        public var maximumPerAddress = 0

        /// Makes limits.
        public init(maximumConnections: Int = 0, maximumPerAddress: Int = 0) {
            self.maximumConnections = maximumConnections
            self.maximumPerAddress = maximumPerAddress
        }
    }

    /// Makes a quota.
    ///
    /// - Parameters:
    ///   - limits: what is allowed.
    ///   - report: hears of refusals, on a loop's thread, of each kind once a second at the most.
    public init(_ limits: Limits, report: @escaping @Sendable (Refused) -> Void = { _ in }) {
        state = Mutex(State(limits: limits))
        hasLimits = Atomic(limits.areSet)
        self.report = report
    }

    /// What is allowed from now on; connections that are there stay.
    public var limits: Limits {
        get { state.withLock { $0.limits } }
        set {
            state.withLock { $0.limits = newValue }
            hasLimits.store(newValue.areSet, ordering: .relaxed)
        }
    }

    /// Lets a connection in, and counts it until it leaves; nil if it may not come in.
    @usableFromInline
    package func admit(_ client: Client?, at now: Instant) -> Entry? {
        guard hasLimits.load(ordering: .relaxed) else { return Entry() }
        let (entry, told) = state.withLock { $0.admit(client, at: now) }
        if let told { report(told) }
        return entry
    }

    @usableFromInline
    package func leave(_ entry: Entry) {
        guard entry.isCounted || entry.client != nil else { return }
        state.withLock { $0.leave(entry) }
    }

    /// What an admitted connection is counted as: by the limits that there were when it came.
    @usableFromInline
    package struct Entry: BitwiseCopyable, Sendable {
        var client: Client?
        var isCounted = false
    }

    /// Who counts as one client.
    @usableFromInline
    package enum Client: Hashable, BitwiseCopyable, Sendable {
        case ipv4(UInt32)
        case ipv6(prefix: UInt64)

        @usableFromInline
        package init?(_ address: borrowing NetworkAddress) {
            switch address {
            case .ipv4(let number, _): self = .ipv4(number)
            case .ipv6(let prefix, _, _, _): self = .ipv6(prefix: prefix)
            case .unix: return nil
            }
        }

        /// An address of it.
        var address: NetworkAddress {
            switch self {
            case .ipv4(let number): .ipv4(number, port: 0)
            case .ipv6(let prefix): .ipv6(prefix, 0, port: 0, scope: 0)
            }
        }
    }
}

extension ConnectionQuota {
    private struct State {
        var limits: Limits
        var connections = 0
        var byClient: [Client: Int] = [:]
        var reports = (connections: OncePerSecond(), address: OncePerSecond())

        init(limits: Limits) { self.limits = limits }

        /// Counts a connection, or says why not where that is to be told.
        mutating func admit(_ client: Client?, at now: Instant) -> (Entry?, told: Refused?) {
            var entry = Entry()
            if limits.maximumConnections > 0 {
                guard connections < limits.maximumConnections else {
                    let isDue = reports.connections.isDue(at: now)
                    return (nil, isDue ? .connections(max: limits.maximumConnections) : nil)
                }
                entry.isCounted = true
            }
            if limits.maximumPerAddress > 0, let client {
                let count = byClient[client] ?? 0
                guard count < limits.maximumPerAddress else {
                    let isDue = reports.address.isDue(at: now)
                    return (
                        nil, isDue ? .address(client.address, max: limits.maximumPerAddress) : nil
                    )
                }
                byClient[client] = count + 1
                entry.client = client
            }
            if entry.isCounted { connections += 1 }
            return (entry, nil)
        }

        mutating func leave(_ entry: Entry) {
            if entry.isCounted { connections -= 1 }
            guard let client = entry.client, let count = byClient[client] else { return }
            byClient[client] = count > 1 ? count - 1 : nil
        }
    }
}

extension ConnectionQuota.Limits {
    fileprivate var areSet: Bool { maximumConnections > 0 || maximumPerAddress > 0 }
}
