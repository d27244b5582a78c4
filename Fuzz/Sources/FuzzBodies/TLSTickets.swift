import BlackholeTLS

/// What clients need to be known again, which is cheaper than a full handshake.
final class TLSTickets {
    private var tickets: [Bool: (resumption: TLSResumption, uses: Int)] = [:]

    /// What the next client needs; it is renewed before it is too old to be taken.
    func ticket(isOld: Bool) -> TLSResumption {
        if let (resumption, uses) = tickets[isOld], uses < 1000 {
            tickets[isOld]?.uses += 1
            return resumption
        }
        let pair = TLSPair(isOld: isOld)
        pair.converse()
        guard let resumption = pair.client.resumption else {
            fatalError("violated: a session leaves something for the next")
        }
        tickets[isOld] = (resumption, 0)
        return resumption
    }
}
