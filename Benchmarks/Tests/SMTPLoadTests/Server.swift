import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import Foundation

/// A server of this process on a port that the kernel chooses; stopped with its end.
final class Server {
    let loops: EventLoops
    let address: String

    /// Takes all mail, and offers STARTTLS or has TLS from the start.
    init(isImplicit: Bool = false) throws {
        let context = try TLSContext.server([try .selfSigned()])
        let settings = SessionSettings()
        loops = try EventLoops(count: 1)
        address = try loops.listen(on: .loopback()) { _ in
            TLSLayer(context, isImplicit: isImplicit) { tls in
                LineFraming {
                    DataDiscard {
                        SMTPSession(
                            settings, security: tls == nil ? .offered : .active, BlackHole())
                    }
                }
            }
        }.description
    }

    /// Answers every recipient with a code.
    init(answering code: UInt16) throws {
        let settings = SessionSettings()
        loops = try EventLoops(count: 1)
        address = try loops.listen(on: .loopback()) { _ in
            LineFraming { DataDiscard { SMTPSession(settings, Refusing(code: code)) } }
        }.description
    }

    /// Greets, and resets whoever says anything.
    init(resetting: Bool) throws {
        loops = try EventLoops(count: 1)
        address = try loops.listen(on: .loopback()) { _ in Resetting() }.description
    }

    func stop() { loops.stop(grace: .seconds(5)) }

    deinit { loops.stop() }
}

private struct Refusing: Responder {
    let code: UInt16

    mutating func recipient(
        _ recipient: RecipientCommand, in line: RawSpan, _ context: inout Context
    ) -> Answer {
        .reply(code, "No such user")
    }
}

private struct Resetting: ByteHandler {
    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        Intake(input.byteCount, .reset)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        if event == .opened { context.output.append("220 hello\r\n") }
        return event == .stopping || event == .ended ? .close : .proceed
    }
}

/// A certificate that nobody has signed, in a file that goes with it.
final class Certificate {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "smtp-load-\(UUID().uuidString).pem"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", "/dev/null", "-out", path, "-subj", "/CN=stranger",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
    }

    deinit { unlink(path) }
}
