public import BlackholePipeline

extension Counter {
    /// Handshakes done.
    public static var tlsHandshakes: Counter { Counter(index: firstOfTLS) }
    /// Handshakes that failed, and connections that broke the protocol.
    public static var tlsFailures: Counter { Counter(index: firstOfTLS + 1) }
    /// Connections that ended without close_notify.
    public static var tlsTruncations: Counter { Counter(index: firstOfTLS + 2) }

    /// Handshakes refused for ``TLSOptions/handshakes``.
    public static var tlsHandshakesRefused: Counter { Counter(index: firstOfTLS + 3) }
    /// Handshakes refused for ``TLSOptions/maximumClientHelloBytes``.
    public static var tlsHellosTooLarge: Counter { Counter(index: firstOfTLS + 4) }

    /// Handshakes done with a version, and whether they resumed an earlier session; they are among
    /// ``tlsHandshakes``.
    package static func tlsHandshakes(
        with version: TLSProtocolVersion, isResumed: Bool
    ) -> Counter {
        let number = Int(version.rawValue - TLSProtocolVersion.tls10.rawValue)
        return Counter(index: firstOfTLS + 8 + 2 * number + (isResumed ? 1 : 0))
    }

    /// The last of those that the modules above `BlackholePipeline` share; SMTP's begin at the first.
    private static let firstOfTLS = Counter.maximumCount - 40
    fileprivate static let firstOfTLSTimes = firstOfTLS + 16
}

extension Histogram {
    /// How long handshakes took, from a whole ClientHello to the end: in nanoseconds.
    package static let tlsHandshakes = Histogram(
        at: Counter.firstOfTLSTimes, bounds: Histogram.times)
}
