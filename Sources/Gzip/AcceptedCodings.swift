package import BlackholeHTTP

/// What a client says about the coding of content: its Accept-Encoding (RFC 9110 §12.5.3).
package struct AcceptedCodings: Sendable, Equatable {
    /// Whether it takes gzip, and likes it no less than what is not coded.
    package let prefersGzip: Bool
    /// Whether it takes gzip, and nothing that is not coded.
    package let needsGzip: Bool

    /// Reads what a request says; without the field a client is sent nothing coded.
    package init(_ fields: HTTPFields) {
        var weights: [String: Int] = [:]
        for member in fields.list("accept-encoding") {
            guard let (coding, weight) = Self.weighted(member) else { continue }
            weights[coding, default: 0] = max(weights[coding, default: 0], weight)
        }
        let gzip = weights["gzip"] ?? weights["x-gzip"] ?? weights["*"] ?? 0
        let identity = weights["identity"] ?? weights["*"]
        prefersGzip = gzip > 0 && gzip >= weights["identity", default: 0]
        needsGzip = gzip > 0 && identity == 0
    }

    /// A coding in lower case with its weight in thousandths: `gzip;q=0.5`; nil if it is malformed.
    private static func weighted(_ member: String) -> (coding: String, weight: Int)? {
        let parts = member.lowercased().split(separator: ";", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " && $0 != "\t" } }
        guard let coding = parts.first, !coding.isEmpty, parts.count <= 2 else { return nil }
        guard parts.count == 2 else { return (coding, 1000) }
        let digits = Array(parts[1].utf8)
        guard digits.starts(with: "q=".utf8), let weight = weight(digits[2...]) else { return nil }
        return (coding, weight)
    }

    /// A weight of RFC 9110 §12.4.2, in thousandths: `0`, `0.25`, `1.000`.
    private static func weight(_ digits: ArraySlice<UInt8>) -> Int? {
        guard let whole = digits.first, digits.count <= 5,
            whole == UInt8(ascii: "0") || whole == UInt8(ascii: "1"),
            digits.dropFirst().first.map({ $0 == UInt8(ascii: ".") }) ?? true
        else { return nil }
        var weight = Int(whole - UInt8(ascii: "0"))
        let fraction = digits.dropFirst(2)
        for place in 0..<3 {
            let digit = place < fraction.count ? fraction[fraction.startIndex + place] : 0x30
            guard (0x30...0x39).contains(digit) else { return nil }
            weight = weight * 10 + Int(digit - 0x30)
        }
        return weight <= 1000 ? weight : nil
    }
}
