/// How metrics are written.
package enum MetricsFormat: Sendable {
    /// Prometheus's text format 0.0.4.
    case prometheus
    /// OpenMetrics 1.0.
    case openMetrics

    /// The format that a client asks for: OpenMetrics where it is named, and is not refused.
    package init(accept: String?) {
        let ranges = (accept ?? "").split(separator: ",").map { range in
            range.split(separator: ";").map { part in
                String(part.filter { $0 != " " && $0 != "\t" }).lowercased()
            }
        }
        let isWanted = ranges.contains { range in
            guard range.first == "application/openmetrics-text" else { return false }
            return !range.contains {
                $0.hasPrefix("q=0") && !$0.contains { "123456789".contains($0) }
            }
        }
        self = isWanted ? .openMetrics : .prometheus
    }

    /// What the content is called.
    package var contentType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// Families as a text.
    package func text(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in families { write(family, to: &text) }
        if self == .openMetrics { text += "# EOF\n" }
        return text
    }

    private func write(_ family: MetricFamily, to text: inout String) {
        let sampleName = family.name + family.kind.suffix
        let header = self == .openMetrics ? family.name : sampleName
        let kind = self == .prometheus && family.kind == .info ? "gauge" : family.kind.rawValue
        text += "# HELP \(header) \(escaped(family.help, quotes: self == .openMetrics))\n"
        text += "# TYPE \(header) \(kind)\n"
        if self == .openMetrics, let unit = family.unit { text += "# UNIT \(header) \(unit)\n" }
        for sample in family.samples {
            switch sample.value {
            case .count(let count): line(sampleName, sample.labels, "\(count)", to: &text)
            case .number(let number): line(sampleName, sample.labels, form(number), to: &text)
            case .histogram(let histogram):
                write(histogram, sampleName, sample.labels, to: &text)
            }
        }
    }

    private func write(
        _ histogram: MetricFamily.Histogram, _ name: String,
        _ labels: [(name: String, value: String)], to text: inout String
    ) {
        var count: UInt64 = 0
        for (index, inBucket) in histogram.counts.enumerated() {
            count &+= inBucket
            let bound = index < histogram.bounds.count ? form(histogram.bounds[index]) : "+Inf"
            line("\(name)_bucket", labels + [("le", bound)], "\(count)", to: &text)
        }
        line("\(name)_sum", labels, form(histogram.sum), to: &text)
        line("\(name)_count", labels, "\(count)", to: &text)
    }

    private func line(
        _ name: String, _ labels: [(name: String, value: String)], _ value: String,
        to text: inout String
    ) {
        text += name
        if !labels.isEmpty {
            for (place, label) in labels.enumerated() {
                text += place == 0 ? "{" : ","
                text += label.name
                text += "=\""
                text += escaped(label.value, quotes: true)
                text += "\""
            }
            text += "}"
        }
        text += " "
        text += value
        text += "\n"
    }

    /// A number: `0.25`, `1.0`, `+Inf`, `NaN`.
    private func form(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        return number.isInfinite ? (number < 0 ? "-Inf" : "+Inf") : "\(number)"
    }

    private func escaped(_ text: String, quotes: Bool) -> String {
        // Hardly any text has what must be escaped.
        guard text.utf8.contains(where: { $0 == 0x5C || $0 == 0x0A || $0 == 0x22 }) else {
            return text
        }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension MetricFamily.Kind {
    /// What the names of its samples end with.
    fileprivate var suffix: String {
        switch self {
        case .counter: "_total"
        case .info: "_info"
        case .gauge, .histogram: ""
        }
    }
}
