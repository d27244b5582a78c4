import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import Synchronization
import Testing

/// A client that says a word when the connection is secured, and tells what it hears.
struct Caller: ByteHandler {
    let heard: @Sendable (String) -> Void

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        guard !input.isEmpty else { return Intake(0) }
        heard(input.text)
        return Intake(input.byteCount, .close)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        if event == .opened { context.output.append("hello") }
        if event == .closed { heard("") }
        return event == .ended ? .close : .proceed
    }
}

struct Upgrading: ByteHandler {
    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        context.output.append("go ahead\r\n")
        return Intake(input.byteCount, .upgrade)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        event == .ended ? .close : .proceed
    }
}

struct CertificatesAndSTARTTLSTests {
    @Test func `a server and a client agree`() async throws {
        let loops = try EventLoops(count: 1)
        let identity = try TLSIdentity.selfSigned(names: ["localhost", "127.0.0.1"])
        let tls = try TLSContext.server([identity])
        let address = try loops.listen(on: .loopback()) { _ in
            TLSLayer(tls, isImplicit: true) { details in Echo() }
        }

        let trusting = try TLSContext.client(trusting: .pem(identity.certificatePEM))
        let heard = await withCheckedContinuation { done in
            let once = Mutex<CheckedContinuation<String, Never>?>(done)
            loops.connect(to: address) { _ in
                TLSLayer(trusting, isImplicit: true, serverName: "localhost") { details in
                    Caller { text in once.withLock { $0.take()?.resume(returning: text) } }
                }
            }
        }
        #expect(heard == "hello")
        loops.stop()
    }

    @Test func `a session offers STARTTLS`() throws {
        let loops = try EventLoops(count: 1)
        let identity = try TLSIdentity.selfSigned()
        let tls = try TLSContext.server([identity])
        let settings = SessionSettings(authentication: .afterTLS)
        let address = try loops.listen(on: .loopback()) { _ in
            TLSLayer(tls) { details in
                smtpStack(settings, security: details == nil ? .offered : .active) { BlackHole() }
            }
        }
        #expect(address.port != 0)
        loops.stop()
    }

    @Test func `a layer in clear says when`() throws {
        let tls = try TLSContext.server([try TLSIdentity.selfSigned()])
        var peer = Loopback { _ in TLSLayer(tls) { Stage(isSecured: $0 != nil) } }
        peer.send("STARTTLS\r\nforged in clear\r\n")
        #expect(peer.takeOutput() == "go ahead\r\n")
    }

    @Test func `a file that is not there is told in words`() throws {
        let error = #expect(throws: TLSError.self) {
            let identity = try TLSIdentity(
                certificateFile: "/no/chain.pem", keyFile: "/no/key.pem")
            print(identity.fingerprint, identity.dateFault ?? "valid now")
        }
        #expect(error?.kind == .unreadable)
    }

    @Test func `a server may ask for certificates`() throws {
        let identity = try TLSIdentity.selfSigned()
        var options = TLSOptions()
        options.minimumVersion = .tls13
        options.clientCertificate = .required(.pem(identity.certificatePEM))
        options.report = { error in print("TLS:", error) }
        let tls = try TLSContext.server([identity], options)

        let client = try TLSContext.client(trusting: nil, showing: identity)
        #expect(tls.role != client.role)
    }

    @Test func `a client notices an expired certificate`() async throws {
        let loops = try EventLoops(count: 1)
        let identity = try TLSIdentity.selfSigned(names: ["localhost", "expired.example"])
        let expired = try identity.flawed(.expired)
        let tls = try TLSContext.server([identity])
        let address = try loops.listen(on: .loopback()) { _ in
            TLSLayer(
                tls, isImplicit: true,
                identity: { $0.serverName == "expired.example" ? expired : nil }
            ) { details in Echo() }
        }

        for host in ["localhost", "expired.example"] {
            let outcome = await withCheckedContinuation { done in
                let once = Mutex<CheckedContinuation<String, Never>?>(done)
                let hear: @Sendable (String) -> Void = { text in
                    once.withLock { $0.take()?.resume(returning: text) }
                }
                var options = TLSOptions()
                options.report = { hear($0.reason) }
                guard
                    let trusting = try? TLSContext.client(
                        trusting: .pem(identity.certificatePEM), options)
                else { return hear("no context") }
                loops.connect(to: address) { _ in
                    TLSLayer(trusting, isImplicit: true, serverName: host) { details in
                        Caller(heard: hear)
                    }
                }
            }
            let refusal = "the peer's certificate is refused: certificate has expired"
            #expect(outcome == (host == "localhost" ? "hello" : refusal))
        }
        loops.stop()
    }
}

/// In clear until the peer has said something, then an echo.
private struct Stage: ByteHandler {
    let isSecured: Bool

    mutating func receive(_ input: RawSpan, _ context: inout Context) -> Intake {
        var (clear, echo) = (Upgrading(), Echo())
        return isSecured ? echo.receive(input, &context) : clear.receive(input, &context)
    }

    mutating func handle(_ event: ConnectionEvent, _ context: inout Context) -> Verdict {
        event == .ended ? .close : .proceed
    }
}
