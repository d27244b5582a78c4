import BlackholeTLS

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
            var bytes = client.takeOutput()
            let hasAsked = !bytes.isEmpty
            if hasAsked {
                change(flight, &bytes)
                server.take(bytes, &cuts)
                flight += 1
            }
            bytes = server.takeOutput()
            guard hasAsked || !bytes.isEmpty else { return }
            if !bytes.isEmpty {
                change(flight, &bytes)
                client.take(bytes, &cuts)
                flight += 1
            }
        }
        require(false, "a handshake comes to an end")
    }
}

extension TLSEnd {
    /// Takes bytes in pieces.
    func take(_ bytes: [UInt8], _ cuts: inout Cuts) {
        var start = 0
        while start < bytes.count {
            let end = cuts.end(from: start, in: bytes.count)
            take(bytes[start..<end])
            start = end
        }
    }
}
