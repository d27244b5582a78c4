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

    /// The last of those that the modules above `BlackholePipeline` share; SMTP's begin at the first.
    private static let firstOfTLS = Counter.maximumCount - 8
}
