import TLS

/// A client and a server with nothing between them.
final class TLSPair {
    let client: TLSEnd
    let server: TLSEnd
    /// The inputs that it has been used for.
    var uses = 0

    init(_ client: TLSEnd, _ server: TLSEnd) {
        self.client = client
        self.server = server
    }

    convenience init(isOld: Bool, resuming resumption: TLSResumption? = nil) {
        self.init(
            TLSEnd(
                TLSKeys.made.client(isOld: isOld), serverName: "localhost", resuming: resumption),
            TLSEnd(TLSKeys.made.server))
    }

    /// Shakes hands, and carries what is said until both are silent.
    ///
    /// - Parameter change: what becomes of a flight, the first being 0.
    func converse(_ cuts: Cuts = .none, _ change: (Int, inout [UInt8]) -> Void = { _, _ in }) {
        var cuts = cuts
        client.take()
        var flight = 0
        while flight < 12 {
            var octets = client.takeOutput()
            let hasAsked = !octets.isEmpty
            if hasAsked {
                change(flight, &octets)
                server.take(octets, &cuts)
                flight += 1
            }
            octets = server.takeOutput()
            guard hasAsked || !octets.isEmpty else { return }
            if !octets.isEmpty {
                change(flight, &octets)
                client.take(octets, &cuts)
                flight += 1
            }
        }
        require(false, "a handshake comes to an end")
    }
}

extension TLSEnd {
    /// Takes octets in pieces.
    func take(_ octets: [UInt8], _ cuts: inout Cuts) {
        var start = 0
        while start < octets.count {
            let end = cuts.end(from: start, in: octets.count)
            take(octets[start..<end])
            start = end
        }
    }
}
