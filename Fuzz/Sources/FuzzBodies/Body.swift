/// What a fuzz target does with one input.
///
/// A body may keep buffers from one input to the next, but nothing that its verdict depends on: so
/// that a find can be replayed alone. It is used by one thread.
public protocol FuzzBody: AnyObject {
    /// Makes a body.
    init()

    /// Traps if a property does not hold for `input`.
    func run(_ input: RawSpan)
}

/// The fuzz targets, named as their folders are.
public enum FuzzTarget: String, CaseIterable, Sendable {
    case lineFraming = "FuzzLineFraming"
    case dataDiscard = "FuzzDataDiscard"
    case command = "FuzzCommand"
    case sasl = "FuzzSASL"
    case session = "FuzzSession"
    case replies = "FuzzReplies"
    case tls = "FuzzTLS"
    case startTLS = "FuzzStartTLS"
    case identity = "FuzzIdentity"
    case configuration = "FuzzConfiguration"
    case rules = "FuzzRules"
    case headerSwitches = "FuzzHeaderSwitches"
    case http = "FuzzHTTP"
    case message = "FuzzMessage"

    /// The bytes of choices before the lines of a session; nil where an input is something else.
    public var choiceCount: Int? {
        switch self {
        case .session, .startTLS: 8
        case .replies: 4
        default: nil
        }
    }

    /// Makes the target's body.
    public func makeBody() -> any FuzzBody {
        switch self {
        case .lineFraming: LineFramingBody()
        case .dataDiscard: DataDiscardBody()
        case .command: CommandBody()
        case .sasl: SASLBody()
        case .session: SessionBody()
        case .replies: RepliesBody()
        case .tls: TLSBody()
        case .startTLS: StartTLSBody()
        case .identity: IdentityBody()
        case .configuration: ConfigurationBody()
        case .rules: RulesBody()
        case .headerSwitches: HeaderSwitchesBody()
        case .http: HTTPBody()
        case .message: MessageBody()
        }
    }
}

/// Says what was violated and traps, unless the property holds.
func require(
    _ isHeld: @autoclosure () -> Bool, _ property: @autoclosure () -> String,
    file: StaticString = #fileID, line: UInt = #line
) {
    guard isHeld() else { fatalError("violated: " + property(), file: file, line: line) }
}
