internal import BlackholePipeline
internal import Glibc

/// How long a wait lasts: fixed, uniform or lognormal.
package enum Spread: Hashable, Sendable, BitwiseCopyable {
    /// Always the same, in nanoseconds.
    case fixed(Int64)
    /// Uniform, both ends included, in nanoseconds.
    case uniform(Int64, Int64)
    /// Lognormal: the logarithm of the median in nanoseconds, and the deviation of the logarithm.
    case lognormal(logarithm: Double, deviation: Double)

    /// Creates `wait T`.
    package init(_ duration: Duration) {
        self = .fixed(Spread.nanoseconds(duration))
    }

    /// Creates `wait T-T`; the ends may be in either order.
    package init(from least: Duration, to most: Duration) {
        let ends = (Spread.nanoseconds(least), Spread.nanoseconds(most))
        self = .uniform(min(ends.0, ends.1), max(ends.0, ends.1))
    }

    /// Creates `wait T~T`; a median of 0 is no wait, a 99th percentile below the median no spread.
    package init(median: Duration, percentile99: Duration) {
        let middle = Double(Spread.nanoseconds(median))
        let high = Double(Spread.nanoseconds(percentile99))
        guard middle > 0, high > middle else {
            self = .fixed(Int64(middle))
            return
        }
        let deviation = log(high / middle) / NormalDistribution.quantile(0.99)
        self = .lognormal(logarithm: log(middle), deviation: deviation)
    }

    /// The longest lognormal wait that is ever drawn: its tail has no end of its own.
    package static let longest: Int64 = 86_400_000_000_000

    /// Returns a duration in nanoseconds.
    package func nanoseconds(_ draw: inout Draw) -> Int64 {
        switch self {
        case .fixed(let duration):
            return duration
        case .uniform(let least, let most):
            return least + Int64(draw.number(below: UInt64(most - least) + 1))
        case .lognormal(let logarithm, let deviation):
            let quantile = NormalDistribution.quantile(draw.fraction())
            let value = exp(logarithm + deviation * quantile)
            return value < Double(Spread.longest) ? Int64(value) : Spread.longest
        }
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        max(0, duration.nanosecondsClamped)
    }
}
