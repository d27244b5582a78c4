/// What a client says in its ClientHello, before anything is agreed on.
public struct TLSClientOffer: Sendable {
    /// The host that it names (SNI, RFC 6066 §3); nil if it names none.
    public let serverName: String?
    /// The version that will be agreed on: the newest that both sides speak.
    public let version: TLSProtocolVersion
}
