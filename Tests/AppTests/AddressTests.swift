import BlackholeTestSupport
import Foundation
import Testing

struct AddressTests {
    /// Whether this machine has a loopback address of IPv6.
    static let hasIPv6 = {
        let addresses = FileManager.default.contents(atPath: "/proc/net/if_inet6") ?? Data()
        return String(decoding: addresses, as: UTF8.self)
            .contains("00000000000000000000000000000001")
    }()

    @Test func `IPv4 is served`() throws {
        try RunningServer.run(["--host", "127.0.0.1"]) { server in
            #expect(server.address.hasPrefix("127.0.0.1:"))
            #expect(server.port > 0)
            try SMTPClient.mailOnce(server)
            #expect(try server.stop().messages == 1)
        }
    }

    @Test(.enabled(if: hasIPv6, "this machine has no ::1"))
    func `IPv6 is served`() throws {
        try RunningServer.run(["--host", "::1"]) { server in
            #expect(server.address.hasPrefix("[::1]:"))
            try SMTPClient.mailOnce(server)
            #expect(try server.stop().messages == 1)
        }
    }

    @Test func `a name stands for all of its addresses`() throws {
        try RunningServer.run(["--host", "localhost"]) { server in
            for address in server.addresses { try SMTPClient.mailOnce(server, address: address) }
            #expect(try server.stop().messages == server.addresses.count)
        }
    }

    @Test func `a unix-domain socket is served and removed`() throws {
        let folder = TemporaryDirectory()
        let path = folder.file("socket")
        try RunningServer.run(["--host", "unix:" + path]) { server in
            #expect(server.address == "unix:" + path)
            try SMTPClient.mailOnce(server)
            let source = try Command.run("smtp-source", "-m", "10", "-d", "unix:" + path)
            #expect(source.exitCode == 0, "\(source.text)")
            #expect(try server.stop().messages == 11)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a unix-domain socket that a killed server has left is taken over`() throws {
        let folder = TemporaryDirectory()
        let path = folder.file("socket")
        let killed = try ChildProcess(
            [Paths.program, "run", "--host", "unix:" + path],
            output: folder.file("output"), errors: folder.file("errors"))
        #expect(eventually { folder.text(of: "errors").contains("listening on") })
        killed.signal(SIGKILL)
        #expect(try killed.wait() == -SIGKILL)
        #expect(FileManager.default.fileExists(atPath: path))
        try RunningServer.run(["--host", "unix:" + path]) { try SMTPClient.mailOnce($0) }
    }

    @Test func `several addresses are served by one server`() throws {
        let folder = TemporaryDirectory()
        let hosts = ["127.0.0.1", "127.0.0.2", "unix:" + folder.file("socket")]
        try RunningServer.run(hosts.flatMap { ["--host", $0] }) { server in
            #expect(server.addresses.count == 3)
            for address in server.addresses { try SMTPClient.mailOnce(server, address: address) }
            #expect(try server.stop().messages == 3)
        }
    }

    @Test(arguments: [1, 4])
    func `a second server on the same port is refused`(workers: Int) throws {
        try RunningServer.run(["--workers", "\(workers)"]) { server in
            let second = try Command.run(
                Paths.program, "run", "--port", "\(server.port)", "--workers", "\(workers)")
            #expect(second.exitCode == EX_UNAVAILABLE)
            #expect(second.complaints.count == 1)
            #expect(second.errors.contains("127.0.0.1:\(server.port)"))
            #expect(second.errors.contains("choose another --port"))
            try SMTPClient.mailOnce(server)
        }
    }

    @Test func `a second server on the same unix-domain socket is refused`() throws {
        let folder = TemporaryDirectory()
        let host = "unix:" + folder.file("socket")
        try RunningServer.run(["--host", host]) { server in
            let second = try Command.run(Paths.program, "run", "--host", host)
            #expect(second.exitCode == EX_UNAVAILABLE)
            #expect(second.complaints.count == 1)
            try SMTPClient.mailOnce(server)
        }
    }
}
