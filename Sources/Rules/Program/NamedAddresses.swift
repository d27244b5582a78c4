/// The addresses and domains that rules name as senders, or as recipients.
struct NamedAddresses {
    private var addresses: Set<[UInt8]> = []
    private var domains: Set<[UInt8]> = []

    /// Adds what a pattern names; false if it is no single address or domain.
    mutating func insert(_ pattern: AddressPattern) -> Bool {
        if let domain = pattern.exactDomain {
            domains.insert(Array(domain))
        } else if let address = pattern.exactAddress {
            addresses.insert(address)
        } else {
            return false
        }
        return true
    }

    /// What tells of most addresses that they are none of these; nil if there are none.
    var filter: AddressFilter? {
        guard !addresses.isEmpty || !domains.isEmpty else { return nil }
        return AddressFilter(addresses: Array(addresses), domains: Array(domains))
    }
}
