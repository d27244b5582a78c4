import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import BlackholeTestSupport
import Testing

/// A server with the made certificate, on ports that the kernel has picked.
final class RealServer {
    let loops: EventLoops
    let clearPort: UInt16
    let securedPort: UInt16
    /// The made certificate, in a file.
    let trust: String
    let troubles: Journal

    /// Starts one, whose certificate may be another's choice.
    init(
        _ options: TLSOptions = TLSOptions(), identity: TLSIdentity? = nil,
        choosing choose: (@Sendable (TLSClientOffer) -> TLSIdentity?)? = nil
    ) throws {
        let identity = try identity ?? .selfSigned()
        let number = UInt64.random(in: .min ... .max)
        trust = try Certificates.files().write(identity.certificatePEM, to: "made-\(number).pem")
        var options = options
        let troubles = Journal()
        self.troubles = troubles
        options.report = { troubles.note("\($0)") }
        let context = try TLSContext.server([identity], options)
        let loops = try EventLoops(count: 1)
        self.loops = loops
        func listen(isImplicit: Bool) throws -> UInt16 {
            let address = try loops.listen(on: .loopback()) { _ in
                securedSMTP(context, isImplicit: isImplicit, identity: choose, BlackHole())
            }
            return try #require(address.port)
        }
        clearPort = try listen(isImplicit: false)
        securedPort = try listen(isImplicit: true)
    }

    deinit {
        loops.stop()
    }

    /// Runs a client, `@clear`, `@secured` and `@trust` standing for the ports and the file.
    func run(
        _ name: String, _ arguments: String, input: String = "",
        _ steps: [(after: String, say: String)] = []
    ) throws -> Tool {
        let words = arguments.split(separator: " ").map { word in
            word.replacing("@clear", with: "\(clearPort)")
                .replacing("@secured", with: "\(securedPort)")
                .replacing("@trust", with: trust).description
        }
        return try Tool.run(name, words, input: input, steps)
    }
}
