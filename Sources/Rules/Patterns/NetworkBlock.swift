public import BlackholePipeline

/// The addresses that begin with the same bits: `10.0.0.0/8`, `2001:db8::/32`, `192.0.2.7`.
public struct NetworkBlock: Hashable, Sendable, BitwiseCopyable {
    /// The bits of an address, an IPv4 one in the form of RFC 4291 §2.5.5.2.
    private let high, low: UInt64
    /// How many of the 128 bits count.
    private let length: UInt8
    /// Whether it is written as IPv4.
    private let isIPv4: Bool

    /// Creates a block; the bits after the prefix do not count.
    ///
    /// - Returns: nil for a socket's path, or a prefix that is longer than the address.
    public init?(_ address: NetworkAddress, prefix: Int) {
        switch address {
        case .ipv4(let bits, _):
            guard 0...32 ~= prefix else { return nil }
            self.init(0, NetworkBlock.mapped | UInt64(bits), UInt8(96 + prefix), isIPv4: true)
        case .ipv6(let high, let low, _, _):
            guard 0...128 ~= prefix else { return nil }
            self.init(high, low, UInt8(prefix), isIPv4: false)
        case .unix: return nil
        }
    }

    private init(_ high: UInt64, _ low: UInt64, _ length: UInt8, isIPv4: Bool) {
        let (highMask, lowMask) = NetworkBlock.masks(length)
        self.high = high & highMask
        self.low = low & lowMask
        self.length = length
        self.isIPv4 = isIPv4
    }

    /// How many bits of an address count.
    public var prefix: Int { Int(length) - (isIPv4 ? 96 : 0) }

    /// Whether an address belongs to it; a socket's path does not.
    ///
    /// An IPv4 address is the same in both of its forms, and no part of `::/0`.
    public func contains(_ address: NetworkAddress) -> Bool {
        switch address {
        case .ipv4(let bits, _): holds(0, NetworkBlock.mapped | UInt64(bits))
        case .ipv6(let high, let low, _, _): holds(high, low)
        case .unix: false
        }
    }

    /// Whether all addresses of another block belong to this one.
    func contains(_ other: NetworkBlock) -> Bool {
        length <= other.length && holds(other.high, other.low)
    }

    /// Whether some address belongs to both: then one block is a part of the other.
    func overlaps(_ other: NetworkBlock) -> Bool {
        contains(other) || other.contains(self)
    }

    private func holds(_ otherHigh: UInt64, _ otherLow: UInt64) -> Bool {
        let isMapped = otherHigh == 0 && otherLow >> 32 == NetworkBlock.mapped >> 32
        guard length >= 96 || !isMapped else { return false }
        let (highMask, lowMask) = NetworkBlock.masks(length)
        return (high ^ otherHigh) & highMask == 0 && (low ^ otherLow) & lowMask == 0
    }

    private static func masks(_ length: UInt8) -> (UInt64, UInt64) {
        let ones = UInt64.max
        // A shift by 64 or more gives 0.
        return (ones << (64 - min(64, UInt64(length))), ones << (128 - max(64, UInt64(length))))
    }

    private static let mapped: UInt64 = 0xFFFF_0000_0000
}

extension NetworkBlock: CustomStringConvertible {
    /// `10.0.0.0/8`; a single address without its prefix.
    public var description: String {
        let address: NetworkAddress =
            isIPv4
            ? .ipv4(UInt32(truncatingIfNeeded: low), port: 0)
            : .ipv6(high, low, port: 0, scope: 0)
        return length == 128 ? address.host : "\(address.host)/\(prefix)"
    }
}
