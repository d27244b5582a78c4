package import BlackholePipeline

extension KeyHasher {
    /// Adds a client's address as `ip`, `ip/24` or `ip/32` counts it.
    ///
    /// An IPv4 address that is written as an IPv6 one counts as IPv4. A unix-domain socket counts by
    /// its path, which is empty for nearly all.
    package mutating func add(_ part: KeyParts, address: borrowing NetworkAddress) {
        switch address {
        case .ipv4(let number, _):
            add(part, ipv4: number)
        case .ipv6(0, let low, _, _) where low >> 32 == 0xFFFF:
            add(part, ipv4: UInt32(truncatingIfNeeded: low))
        case .ipv6(let high, let low, _, let scope):
            switch part {
            case .network:
                addFrame(part.rawValue, length: 6)
                add(high >> 16)
            case .exactIP:
                addFrame(part.rawValue, length: 20)
                add(high)
                add(low)
                add(UInt64(scope))
            default:
                addFrame(part.rawValue, length: 8)
                add(high)
            }
        case .unix(let path):
            // Of a kind that no address has, whatever the length.
            addFrame(part.rawValue, length: 0xFFFF)
            add(utf8: path)
        }
    }

    private mutating func add(_ part: KeyParts, ipv4 number: UInt32) {
        let isNetwork = part == .network
        addFrame(part.rawValue, length: isNetwork ? 3 : 4)
        add(UInt64(isNetwork ? number >> 8 : number))
    }
}
