/// A version of the protocol.
public enum TLSProtocolVersion: Int32, Sendable, Comparable, CaseIterable, CustomStringConvertible {
    /// TLS 1.0, which RFC 8996 forbids: for tests of old clients only.
    case tls10 = 0x0301
    /// TLS 1.1, which RFC 8996 forbids: for tests of old clients only.
    case tls11 = 0x0302
    /// TLS 1.2 (RFC 5246).
    case tls12 = 0x0303
    /// TLS 1.3 (RFC 8446).
    case tls13 = 0x0304

    /// As OpenSSL writes it: `TLSv1.3`.
    public var description: String { self == .tls10 ? "TLSv1" : "TLSv1.\(rawValue - 0x0301)" }

    /// Older is less.
    public static func < (left: TLSProtocolVersion, right: TLSProtocolVersion) -> Bool {
        left.rawValue < right.rawValue
    }
}
