import BlackholePipeline
import BlackholeSMTP
import BlackholeTLS
import BlackholeTestSupport
import Testing

@Suite struct `A handshake, at its limits` {
    private static func options(_ change: (inout TLSOptions) -> Void) -> TLSOptions {
        var options = TLSOptions()
        change(&options)
        return options
    }

    // MARK: What it may cost

    @Test(arguments: [TLSProtocolVersion.tls12, .tls13], ["ffdhe2048", "ffdhe8192", "P-521"])
    func `agrees on none of the groups that cost a server much`(
        version: TLSProtocolVersion, groups: String
    ) throws {
        var client = TLSOptions.only(version)
        client.groups = groups
        let ends = try Pair(.only(version), client).connected()
        #expect(ends.server.phase == .failed)
        #expect(ends.client.phase == .failed)
    }

    @Test(arguments: ["X25519", "P-256", "P-384"])
    func `agrees on each of the named groups`(group: String) throws {
        let client = Self.options { $0.groups = group }
        let ends = try Pair(TLSOptions(), client).connected()
        #expect(ends.server.phase == .established, "\(ends.server.reason)")
    }

    @Test func `agrees on the groups and signature algorithms that are set, and no others`() throws
    {
        let server = Self.options {
            $0.groups = "P-521"
            $0.signatureAlgorithms = "ecdsa_secp256r1_sha256"
        }
        let other = Self.options { $0.groups = "P-521:X25519" }
        #expect(try Pair(server, other).connected().server.phase == .established)
        let without = Self.options { $0.groups = "X25519" }
        #expect(try Pair(server, without).connected().server.phase == .failed)
        let signing = Self.options {
            $0.groups = "P-521"
            $0.signatureAlgorithms = "rsa_pss_rsae_sha256"
        }
        #expect(try Pair(server, signing).connected().server.phase == .failed)
    }

    @Test func `names groups and signature algorithms that OpenSSL does not know`() throws {
        for (options, name) in [
            (Self.options { $0.groups = "X25519:P-257" }, "X25519:P-257"),
            (Self.options { $0.signatureAlgorithms = "md5" }, "md5"),
        ] {
            let error = #expect(throws: TLSError.self) {
                try TLSContext.server([.selfSigned()], options)
            }
            #expect(error?.kind == .setting)
            #expect(error?.reason.contains(name) == true, "\(error?.reason ?? "")")
        }
    }

    @Test func `is refused where its ClientHello is large, before there is memory for it`() throws {
        for isImplicit in [true, false] {
            let dialogue = try SecuredDialogue(isImplicit: isImplicit)
            if !isImplicit { _ = dialogue.askForTLS() }
            dialogue.loopback.send([0x16, 3, 1, 0, 4, 1, 1, 0xFF, 0xB8])
            #expect(dialogue.loopback.takeBytes() == [0x15, 3, 3, 0, 2, 2, 47])
            #expect(dialogue.loopback.closing == .ended)
            #expect(dialogue[.tlsHellosTooLarge] == 1)
            #expect(dialogue[.tlsFailures] == 1)
            #expect(dialogue.troubles.entries == ["the ClientHello has more than 16384 bytes"])
        }
    }

    @Test(arguments: [-1, 0, 1])
    func `is refused where its ClientHello has one byte more than the limit`(more: Int) throws {
        let hello = try End(Pair().client, serverName: "localhost")
        hello.take()
        let count = hello.takeOutput().count
        let options = Self.options { $0.maximumClientHelloBytes = count + more }
        let dialogue = try SecuredDialogue(isImplicit: true, options: options)
        dialogue.shakeHands()
        #expect(dialogue[.tlsHandshakes] == (more < 0 ? 0 : 1))
        #expect(dialogue[.tlsHellosTooLarge] == (more < 0 ? 1 : 0))
    }

    @Test func `is refused where a second ClientHello is large`() throws {
        // A share of a group that the server lacks: it asks for another one.
        let dialogue = try SecuredDialogue(
            isImplicit: true, client: Self.options { $0.groups = "P-521:X25519" })
        dialogue.client.take()
        dialogue.loopback.send(dialogue.client.takeOutput())
        let retry = dialogue.loopback.takeBytes()
        #expect(retry.first == 22)
        dialogue.client.take(retry)
        // It begins with a change_cipher_spec; cut in it, as a peer might.
        let second = dialogue.client.takeOutput()
        #expect(second.first == 20)
        dialogue.loopback.send(Array(second.prefix(3)))
        dialogue.loopback.send(Array(second[3..<6]) + [0x16, 3, 3, 0, 4, 1, 1, 0xFF, 0xB8])
        #expect(dialogue.loopback.takeBytes() == [0x15, 3, 3, 0, 2, 2, 47])
        #expect(dialogue[.tlsHellosTooLarge] == 1)
    }

    @Test(arguments: [1, 7, Int.max])
    func `is done where a second ClientHello is asked for`(pieceSize: Int) throws {
        let dialogue = try SecuredDialogue(
            isImplicit: true, client: Self.options { $0.groups = "P-521:X25519" })
        dialogue.pieceSize = pieceSize
        dialogue.shakeHands()
        #expect(dialogue[.tlsHandshakes] == 1)
        #expect(dialogue.say("NOOP\r\n").hasSuffix("250 2.0.0 OK, done\r\n"))
    }

    @Test(arguments: [10, 100])
    func `has room for 32 KB of a client's certificates, and no more`(copies: Int) throws {
        let files = try Certificates.files()
        let chain =
            try files.text("leaf.pem")
            + String(repeating: files.text("middle.pem"), count: copies) + files.text("leaf.key")
        let path = try files.write(chain, to: "long-\(copies).pem")
        let ends = try Pair(
            .asking(.required(.file(files.path("root.pem")))),
            showing: TLSIdentity(certificateFile: path)
        ).connected()
        #expect((ends.server.phase == .established) == (copies == 10), "\(ends.server.reason)")
    }

    // MARK: How many there may be

    @Test(arguments: [false, true])
    func `may be in progress so many times at once, and the next when one is over`(
        isImplicit: Bool
    ) throws {
        let told = Journal()
        let quota = ConnectionQuota(ConnectionQuota.Limits(maximumConnections: 2)) {
            told.note("\($0)")
        }
        func begin() throws -> SecuredDialogue {
            let dialogue = try SecuredDialogue(
                isImplicit: isImplicit, options: Self.options { $0.handshakes = quota })
            if !isImplicit { _ = dialogue.askForTLS() }
            return dialogue
        }
        let first = try begin()
        let second = try begin()
        #expect(first.loopback.closing == nil && second.loopback.closing == nil)
        let third = try begin()
        #expect(third.loopback.closing == .ended)
        #expect(third[.tlsHandshakesRefused] == 1)
        #expect(third[.tlsFailures] == 0)
        #expect(told.entries.count == 1)
        // Done, or given up: both make room.
        first.shakeHands()
        #expect(first[.tlsHandshakes] == 1)
        let fourth = try begin()
        #expect(fourth.loopback.closing == nil)
        #expect(try begin().loopback.closing == .ended)
        second.loopback.reset()
        let fifth = try begin()
        #expect(fifth.loopback.closing == nil)
        fifth.loopback.advance(by: .seconds(31))
        #expect(try begin().loopback.closing == nil)
        #expect(fourth.loopback.closing == nil)
    }

    @Test func `may be in progress so many times for one address`() throws {
        let quota = ConnectionQuota(ConnectionQuota.Limits(maximumPerAddress: 1))
        let options = Self.options { $0.handshakes = quota }
        func begin(_ address: UInt32) throws -> SecuredDialogue {
            try SecuredDialogue(
                isImplicit: true, options: options, peer: .ipv4(address, port: 9))
        }
        let first = try begin(1)
        #expect(try begin(1).loopback.closing == .ended)
        #expect(try begin(2).loopback.closing == nil)
        first.shakeHands()
        #expect(try begin(1).loopback.closing == nil)
    }

    // MARK: What may come after it

    @Test(arguments: [1, 32, 33])
    func `ends a connection that sends records without content, one after another`(
        count: Int
    ) throws {
        for isSplit in [false, true] {
            let dialogue = try SecuredDialogue.secured()
            for _ in 0..<count {
                dialogue.client.updateKeys()
                if isSplit { dialogue.carry() }
            }
            dialogue.carry()
            let isTooMany = count > 32
            #expect((dialogue.loopback.closing != nil) == isTooMany)
            #expect(dialogue[.tlsFailures] == (isTooMany ? 1 : 0))
            // The client has its own limit, of what the server answers to each.
            guard count < 32 else { continue }
            #expect(dialogue.say("NOOP\r\n") == "250 2.0.0 OK, done\r\n")
        }
    }

    @Test func `counts records without content anew when content has come`() throws {
        let dialogue = try SecuredDialogue.secured()
        for _ in 0..<10 {
            for _ in 0..<30 { dialogue.client.updateKeys() }
            #expect(dialogue.say("NOOP\r\n") == "250 2.0.0 OK, done\r\n")
        }
        #expect(dialogue[.tlsFailures] == 0)
    }
}
