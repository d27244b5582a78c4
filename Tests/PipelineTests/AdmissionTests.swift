import BlackholePipeline
import BlackholeTestSupport
import Testing

@Suite struct `A quota of connections` {
    /// Opens a connection that stays as long as its loopback.
    private func open(_ quota: ConnectionQuota, _ peer: NetworkAddress) -> Loopback {
        Loopback { _ in
            let peer = Peer(address: peer, local: .loopback(port: 25))
            return Admission(quota, peer, refusal: "no\n") { Lines() }
        }
    }

    private func quota(_ connections: Int = 0, perAddress: Int = 0) -> ConnectionQuota {
        var limits = ConnectionQuota.Limits()
        limits.maximumConnections = connections
        limits.maximumPerAddress = perAddress
        return ConnectionQuota(limits)
    }

    private static let here = NetworkAddress.loopback(port: 1)
    private static let there = NetworkAddress.ipv4(0x0A00_0001, port: 1)

    @Test func `lets so many in, and the next when one has gone`() {
        let quota = quota(2)
        var first = open(quota, Self.here)
        var second = open(quota, Self.there)
        var third = open(quota, Self.there)
        #expect(first.takeOutput() == "opened\n")
        #expect(second.takeOutput() == "opened\n")
        #expect(third.takeOutput() == "no\n")
        #expect(third.closing == .ended)
        #expect(third.counters[.connectionsRefused] == 1)
        third.reset()
        var fourth = open(quota, Self.here)
        #expect(fourth.takeOutput() == "no\n")
        first.reset()
        var fifth = open(quota, Self.here)
        #expect(fifth.takeOutput() == "opened\n")
        #expect(fifth.counters[.connectionsRefused] == 0)
    }

    @Test func `lets so many of an address in`() {
        let quota = quota(perAddress: 1)
        func isLetIn(_ peer: NetworkAddress) -> Bool {
            var loopback = open(quota, peer)
            return loopback.takeOutput() == "opened\n"
        }
        var first = open(quota, Self.here)
        #expect(!isLetIn(.loopback(port: 2)))
        #expect(isLetIn(Self.there))
        var six = open(quota, .ipv6(1, 2, port: 1, scope: 0))
        #expect(!isLetIn(.ipv6(1, 3, port: 2, scope: 0)))
        #expect(isLetIn(.ipv6(2, 2, port: 1, scope: 0)))
        let unix = open(quota, .unix(path: ""))
        #expect(isLetIn(.unix(path: "")))
        _ = unix.connectionCount
        first.reset()
        six.reset()
        #expect(isLetIn(Self.here))
        #expect(isLetIn(.ipv6(1, 3, port: 2, scope: 0)))
    }

    @Test func `has no limit unless it is told one, and forgets what it did not count`() {
        let quota = quota()
        var connections: [Unmanaged<Held>] = []
        for _ in 0..<100 { connections.append(.passRetained(Held(open(quota, Self.here)))) }
        quota.limits = {
            var limits = ConnectionQuota.Limits()
            limits.maximumConnections = 1
            limits.maximumPerAddress = 1
            return limits
        }()
        for connection in connections { connection.release() }
        var first = open(quota, Self.here)
        var second = open(quota, Self.here)
        #expect(first.takeOutput() == "opened\n")
        #expect(second.takeOutput() == "no\n")
        #expect(quota.limits.maximumConnections == 1)
    }

    private final class Held {
        let loopback: Loopback
        init(_ loopback: consuming Loopback) { self.loopback = loopback }
    }

    @Test func `tells of each kind of refusal once a second`() {
        let told = Journal()
        var limits = ConnectionQuota.Limits()
        limits.maximumConnections = 1
        let quota = ConnectionQuota(limits) { told.note("\($0)") }
        let first = open(quota, Self.here)
        var loopback = open(quota, Self.here)
        func again() {
            loopback.open { _ in
                let peer = Peer(address: Self.here, local: .loopback(port: 25))
                return Admission(quota, peer, refusal: "") { Lines() }
            }
        }
        again()
        #expect(told.entries == ["connections(max: 1)"])
        #expect(loopback.takeOutput() == "")
        loopback.advance(by: .seconds(1))
        again()
        again()
        #expect(told.entries.count == 2)
        limits.maximumConnections = 0
        limits.maximumPerAddress = 1
        quota.limits = limits
        let counted = open(quota, Self.here)
        again()
        again()
        #expect(told.entries.count == 3)
        #expect(told.entries.last?.hasPrefix("address(") == true)
        _ = (first.connectionCount, counted.connectionCount)
    }

    @Test func `ends a stack that was not let in, once`() {
        let journal = Journal()
        let quota = quota(1)
        let first = open(quota, Self.here)
        var loopback = Loopback { peer in
            Admission(quota, peer, refusal: "no\n") { Lines(journal) }
        }
        loopback.end()
        #expect(journal.entries == ["closed", "deinit"])
        _ = first.connectionCount
    }
}
