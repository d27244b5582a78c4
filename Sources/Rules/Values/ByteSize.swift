/// A number of bytes as a rule writes it: `65536`, `10M`, `64KiB`.
public struct ByteSize: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// A unit of sizes.
    public enum Unit: UInt8, Hashable, Sendable, BitwiseCopyable, CaseIterable {
        /// Bytes, without a letter.
        case none
        /// 1,000 bytes.
        case k
        /// 1,000,000 bytes.
        case M
        /// 1,000,000,000 bytes.
        case G
        /// 1,024 bytes.
        case KiB
        /// 1,048,576 bytes.
        case MiB
        /// 1,073,741,824 bytes.
        case GiB

        /// The letters after the number.
        public var symbol: String { self == .none ? "" : "\(self)" }

        /// How many bytes it has.
        var bytes: UInt64 {
            switch self {
            case .none: 1
            case .k: 1_000
            case .M: 1_000_000
            case .G: 1_000_000_000
            case .KiB: 1 << 10
            case .MiB: 1 << 20
            case .GiB: 1 << 30
            }
        }
    }

    /// How many of the unit.
    public let number: DecimalNumber
    /// The unit.
    public let unit: Unit
    /// The size in bytes.
    public let bytes: UInt64

    /// The largest size.
    public static let maximumBytes: UInt64 = 1 << 50

    /// Creates a size; nil if it is not a whole number of bytes, or larger than ``maximumBytes``.
    public init?(_ number: DecimalNumber, _ unit: Unit = .none) {
        guard let bytes = number.multiplied(by: unit.bytes), bytes <= ByteSize.maximumBytes else {
            return nil
        }
        self.number = number
        self.unit = unit
        self.bytes = bytes
    }

    /// Creates a size in bytes, at most ``maximumBytes``.
    public init(_ bytes: UInt64) {
        self.bytes = min(bytes, ByteSize.maximumBytes)
        number = DecimalNumber(self.bytes)
        unit = .none
    }

    /// `64KiB`.
    public var description: String { "\(number)\(unit.symbol)" }
}
