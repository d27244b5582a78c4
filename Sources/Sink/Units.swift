internal import BlackholeRules
internal import BlackholeSMTP

/// The letters that a number may end with, in either case, and what each stands for.
package struct Units: Sendable {
    /// What the number is, in the words of an error.
    let noun: String
    /// What the letters are and mean, in the words of a help text.
    package let help: String
    private let factors: [UInt8: UInt64]
    /// What may follow the letter, in either case, and changes nothing.
    private let suffix: String

    private init(noun: String, help: String, factors: [UInt8: UInt64], suffix: String = "") {
        (self.noun, self.help) = (noun, help)
        (self.factors, self.suffix) = (factors, suffix)
    }

    /// No letters.
    static let none = Units(noun: "number", help: "", factors: [:])
    /// `500k` is 500,000.
    package static let count = Units(
        noun: "number", help: "k for thousands, M for millions",
        factors: [UInt8(ascii: "k"): 1_000, UInt8(ascii: "m"): 1_000_000])
    /// `10M` and `10MiB` are 10,485,760.
    package static let size = Units(
        noun: "size in bytes", help: "k, M, G or KiB, MiB, GiB, as powers of 1024",
        factors: [
            UInt8(ascii: "k"): 1 << 10, UInt8(ascii: "m"): 1 << 20, UInt8(ascii: "g"): 1 << 30,
        ], suffix: "ib")
    /// `2m` is 120 seconds.
    package static let time = Units(
        noun: "time in seconds", help: "s, m, h",
        factors: [UInt8(ascii: "s"): 1, UInt8(ascii: "m"): 60, UInt8(ascii: "h"): 3_600])

    /// A text without its unit, and what the unit stands for.
    func parted(_ text: String) -> (digits: Substring, factor: UInt64) {
        let hasSuffix = !suffix.isEmpty && text.lowercased().hasSuffix(suffix)
        let rest = text.utf8.dropLast(hasSuffix ? suffix.utf8.count : 0)
        guard let letter = rest.last, let factor = factors[letter.small] else {
            return (text[...], 1)
        }
        return (Substring(rest.dropLast()), factor)
    }
}

extension FixedWidthInteger {
    /// Reads digits, and behind them one of the units at the most.
    static func number(
        _ text: String, _ units: Units = .none, in range: ClosedRange<Self>
    ) throws(ValueError) -> Self {
        let (digits, factor) = units.parted(text)
        if digits.utf8.allSatisfy(\.isDigit), let number = Self(digits) {
            let product = number.multipliedReportingOverflow(by: Self(clamping: factor))
            if !product.overflow, range.contains(product.partialValue) {
                return product.partialValue
            }
        }
        let most = range.upperBound == .max ? "up" : "to \(range.upperBound)"
        let hint = units.help.isEmpty ? "" : "; units are \(units.help)"
        throw ValueError(
            "\(text.quoted) is not a \(units.noun) from \(range.lowerBound) \(most)\(hint)")
    }
}

extension Int {
    /// Reads a count.
    static func count(
        _ text: String, in range: ClosedRange<Int> = 0...1_000_000_000
    ) throws(ValueError) -> Int {
        try number(text, .count, in: range)
    }

    /// Reads a size, in bytes.
    static func size(_ text: String) throws(ValueError) -> Int {
        try number(text, .size, in: 0...Int.max)
    }
}

extension Duration {
    /// Reads whole seconds, or a number with a unit of time.
    static func time(
        _ text: String, in range: ClosedRange<Int>
    ) throws(ValueError) -> Duration {
        .seconds(try Int.number(text, .time, in: range))
    }
}

extension Double {
    /// Reads digits with or without a fraction, and behind them one of the units at the most.
    static func decimal(_ text: String, _ units: Units = .none) -> Double? {
        let (digits, factor) = units.parted(text)
        guard digits.utf8.first?.isDigit == true, digits.utf8.last?.isDigit == true,
            digits.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }),
            digits.utf8.count <= 32, let number = Double(digits)
        else { return nil }
        return number * Double(factor)
    }
}
