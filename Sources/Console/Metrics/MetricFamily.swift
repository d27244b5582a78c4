/// Metrics of one name (OpenMetrics 1.0 §4.5).
package struct MetricFamily: Sendable {
    /// What a family measures.
    package enum Kind: String, Sendable {
        /// What only grows; its name is given without `_total`.
        case counter
        case gauge
        /// Values counted by size.
        case histogram
        /// Facts about the program, as labels; its name is given without `_info`.
        case info
    }

    /// One metric of a family.
    package struct Sample: Sendable {
        /// What it is of: names and values.
        package var labels: [(name: String, value: String)]
        package var value: Value

        package init(_ labels: [(name: String, value: String)] = [], _ value: Value) {
            self.labels = labels
            self.value = value
        }
    }

    /// What a sample holds.
    package enum Value: Sendable {
        case count(UInt64)
        case number(Double)
        case histogram(Histogram)
    }

    /// Values counted by size.
    package struct Histogram: Sendable {
        /// The upper bounds of the buckets, but for the last one that has none.
        package var bounds: [Double]
        /// The values in each bucket, one more than there are bounds.
        package var counts: [UInt64]
        /// All values together.
        package var sum: Double

        package init(bounds: [Double], counts: [UInt64], sum: Double) {
            self.bounds = bounds
            self.counts = counts
            self.sum = sum
        }
    }

    /// The name, with the unit at its end: `blackhole_message_bytes`.
    package var name: String
    package var kind: Kind
    /// The unit: `seconds`, `bytes`; nil for a number of things.
    package var unit: String?
    package var help: String
    package var samples: [Sample]

    package init(
        _ name: String, _ kind: Kind, unit: String? = nil, help: String, _ samples: [Sample]
    ) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.help = help
        self.samples = samples
    }
}
