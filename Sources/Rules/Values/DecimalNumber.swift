/// A number as it is written in decimal, without a sign: `60`, `0.8`, `33.3`.
///
/// It is exact: neither reading nor printing rounds it.
public struct DecimalNumber: Hashable, Sendable, BitwiseCopyable, CustomStringConvertible {
    /// All digits, without the point.
    public let coefficient: UInt64
    /// How many of the digits follow the point; the last of these is not 0.
    public let places: UInt8

    /// The most digits after the point.
    public static let maximumPlaces = 9
    /// The most digits before the point.
    public static let maximumWholeDigits = 15

    /// Creates `coefficient / 10^places`; of more than nine places, or digits, the rest is cut off.
    public init(_ coefficient: UInt64, places: Int = 0) {
        var (coefficient, places) = (coefficient, max(0, places))
        while places > 0, coefficient % 10 == 0 || places > DecimalNumber.maximumPlaces {
            coefficient /= 10
            places -= 1
        }
        self.coefficient = coefficient
        self.places = UInt8(places)
    }

    /// Creates the number nearest to a fraction, to nine places; nil if it is negative, not finite
    /// or larger than 1,000,000,000.
    public init?(_ number: Double) {
        guard number >= 0, number <= 1e9 else { return nil }
        self.init(UInt64((number * 1e9).rounded()), places: 9)
    }

    /// The number, multiplied; nil if the product is not a whole number, or too large.
    public func multiplied(by factor: UInt64) -> UInt64? {
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        let (quotient, remainder) = product.quotientAndRemainder(dividingBy: divisor)
        return remainder == 0 ? quotient : nil
    }

    /// The whole number that it is; nil if it has a fraction.
    public var whole: UInt64? { places == 0 ? coefficient : nil }

    /// The nearest binary fraction.
    public var approximation: Double { Double(coefficient) / Double(divisor) }

    private var divisor: UInt64 { (0..<places).reduce(1) { product, _ in product * 10 } }

    /// `0.8`.
    public var description: String {
        guard places > 0 else { return String(coefficient) }
        let (whole, fraction) = coefficient.quotientAndRemainder(dividingBy: divisor)
        let digits = String(fraction)
        return "\(whole)." + String(repeating: "0", count: Int(places) - digits.utf8.count) + digits
    }
}
