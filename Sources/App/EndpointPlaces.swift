import BlackholePipeline
import BlackholeRules
import BlackholeSink

/// Which listener of a configuration a service manager's socket is.
struct EndpointPlaces {
    private let listeners: [Endpoint]
    /// All addresses of each listener.
    private let addresses: [[NetworkAddress]]

    /// Looks the listeners' hosts up.
    init(_ listeners: [Endpoint]) {
        self.listeners = listeners
        addresses = listeners.map { NetworkAddress.lookUp($0.host, port: $0.port) }
    }

    /// The place of the listener with that address, or the one behind the last.
    ///
    /// A port of all addresses is one place in either family: systemd's `ListenStream=25` is
    /// `[::]:25` for both of them.
    func index(of address: NetworkAddress) -> Int {
        addresses.firstIndex { $0.contains(address) }
            ?? addresses.firstIndex {
                address.isWildcard && $0.contains { $0.isWildcard && $0.port == address.port }
            } ?? listeners.count
    }

    func isImplicitTLS(at index: Int) -> Bool {
        listeners.indices.contains(index) && listeners[index].isImplicitTLS
    }

    /// What the operator should know of the sockets that were taken over instead of listening.
    func warnings(_ sockets: [BoundEndpoint], _ configuration: Configuration) -> [String] {
        let own = listeners.contains { $0.policy != configuration.policy }
        let strangers = sockets.filter { own && $0.index == listeners.count }.map { socket in
            "\(socket.address), a socket of the service manager, is in no listen line: "
                + "it gets mode \(configuration.policy.mode.rawValue)"
        }
        guard !configuration.listen.isEmpty || !configuration.tlsListen.isEmpty else {
            return strangers
        }
        let missing = listeners.indices.filter { index in
            !sockets.contains { $0.index == index }
        }.map { index in
            "\(listeners[index].address) is not served: the service manager has no such socket; "
                + "add it to a socket unit"
        }
        return strangers + missing
    }
}

extension NetworkAddress {
    /// Whether it stands for all addresses of its family.
    fileprivate var isWildcard: Bool {
        switch self {
        case .ipv4(let address, _): address == 0
        case .ipv6(let high, let low, _, _): high == 0 && low == 0
        case .unix: false
        }
    }
}
