import BlackholePipeline
import BlackholeTestSupport
import Foundation
import SMTPTesting
import Testing

struct LifetimeTests {
    @Test func `servers on a pool of one's own leave it as it was`() async throws {
        let loops = try EventLoops(count: 2)
        let first = try SMTPServer([.at(.message, .reply(451, "Later"))], on: loops)
        let second = try SMTPServer([], on: loops)
        #expect(try await first.mail(to: "a@b.example").last == "451 Later")
        let sockets = ListeningSockets(port: first.port)
        await first.stop()
        #expect(sockets.areGone)
        #expect(try await second.mail(to: "a@b.example").last?.prefix(3) == "221")
        await second.stop()
        try await withSMTPServer(.hostName("mx.example"), on: loops) { smtp in
            let greeting = try await smtp.say("QUIT").first
            #expect(greeting?.hasPrefix("220 mx.example ") == true)
        }
        #expect(loops[.accepted] >= 3)
        loops.stop()
    }

    @Test func `a pool that has ended has no servers, and nobody waits for their words`()
        async throws
    {
        let loops = try EventLoops(count: 1)
        let smtp = try SMTPServer([], on: loops)
        loops.stop()
        let failure = await #expect(throws: MailingFailure.self) { try await smtp.say("NOOP") }
        #expect(failure?.reason == .notConnected)
        await smtp.stop()
        #expect(throws: SystemError.self) { try SMTPServer([], on: loops) }
    }

    @Test func `a server that nobody holds stops`() async throws {
        let loops = try EventLoops(count: 1)
        var smtp: SMTPServer? = try SMTPServer([.tls], on: loops)
        let port = try #require(smtp?.port)
        let path = try #require(smtp?.certificatePath)
        let messages = try #require(smtp?.messages)
        let sockets = ListeningSockets(port: port)
        let caller = try Client(to: .loopback(port: UInt16(port)))
        #expect(try caller.receive(asManyAs: "220 ") == "220 ")
        smtp = nil
        // Its end is the end of what waits for it, and of its connections.
        for await message in messages { Issue.record("\(message)") }
        #expect(try caller.receiveToEnd().contains("\r\n421 "))
        #expect(sockets.areGone)
        #expect(!FileManager.default.fileExists(atPath: path))
        loops.stop()
    }
}

struct CertificateFileTests {
    @Test(arguments: [true, false])
    func `the certificate is in a file until the server stops`(isImplicit: Bool) async throws {
        let smtp = try SMTPServer(isImplicit ? .implicitTLS : .tls)
        let path = try #require(smtp.certificatePath)
        let other = try SMTPServer(.tls)
        #expect(other.certificatePath != path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == smtp.certificatePEM)
        let facts = try FileManager.default.attributesOfItem(atPath: path)
        #expect(facts[.posixPermissions] as? Int == 0o600)
        await smtp.stop()
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(smtp.certificatePath == path)
        await smtp.stop()
        await other.stop()
    }

    @Test func `without TLS there is no file`() async throws {
        try await withSMTPServer { #expect($0.certificatePath == nil) }
    }

    // In a process of its own, whose environment is nobody else's.
    @Test func `the file is where TMPDIR says, and a folder that is none is told`() async {
        await #expect(processExitsWith: .success) {
            let folder = TemporaryDirectory()
            setenv("TMPDIR", folder.path, 1)
            try await withSMTPServer(.tls) { smtp in
                #expect(smtp.certificatePath?.hasPrefix(folder.path + "/") == true)
            }
            #expect(folder.names == [])
            folder.remove()
            let error = #expect(throws: SystemError.self) { try SMTPServer(.tls) }
            #expect(error?.code == ENOENT)
            #expect(error?.operation.hasPrefix("make \(folder.path)/") == true)
            setenv("TMPDIR", "", 1)
            try await withSMTPServer(.tls) { smtp in
                #expect(smtp.certificatePath?.hasPrefix("/tmp/") == true)
            }
        }
    }
}
