/// x
public final class SessionBody: Body {
    /// x
    public init() {}
    /// x
    public func run(_ input: RawSpan) {}
}
