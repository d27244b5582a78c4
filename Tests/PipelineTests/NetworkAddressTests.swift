import BlackholePipeline
import Testing

@Suite struct `A socket address` {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:25"), ("0.0.0.0", "0.0.0.0:25"),
        ("255.1.2.3", "255.1.2.3:25"), ("::1", "[::1]:25"), ("[::1]", "[::1]:25"),
        ("::", "[::]:25"), ("2001:DB8::0:1", "[2001:db8::1]:25"),
        ("fe80::1%2", "[fe80::1%2]:25"), ("[fe80::1%7]", "[fe80::1%7]:25"),
        ("::ffff:1.2.3.4", "[::ffff:1.2.3.4]:25"), ("unix:/run/x", "unix:/run/x"),
        ("unix:relative", "unix:relative"), ("unix:@name", "unix:@name"),
        ("unix:./@file", "unix:./@file"),
    ])
    func `is read and printed`(host: String, description: String) throws {
        let address = try #require(NetworkAddress(host, port: 25))
        #expect(address.description == description)
        #expect(NetworkAddress(address.host, port: 25) == address)
        #expect(address.port == (host.hasPrefix("unix:") ? nil : 25))
    }

    @Test(arguments: [
        "", " ", "localhost", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.4 ", "[1.2.3.4]", "[::1",
        "::1]", ":::", "1:2:3:4:5:6:7:8:9", "g::1", "::1%", "::1%0", "fe80::1%nosuchinterface",
        "unix:", "unix:@", "unix:@a\0b", "127.0.0.1\0x", "unix:/a\0b", "[]",
        "unix:" + String(repeating: "a", count: 108),
    ])
    func `is refused when it is none`(host: String) {
        #expect(NetworkAddress(host, port: 25) == nil)
    }

    @Test func `has a scope by the name of an interface`() throws {
        let address = try #require(NetworkAddress("fe80::1%lo", port: 1))
        guard case .ipv6(_, _, _, let scope) = address else {
            Issue.record("not an IPv6 address")
            return
        }
        #expect(scope > 0)
    }

    @Test func `takes a path up to the kernel's limit`() {
        let path = String(repeating: "a", count: 107)
        #expect(NetworkAddress("unix:" + path, port: 0) == .unix(path: path))
    }

    @Test func `takes another port`() {
        #expect(NetworkAddress.loopback().with(port: 7) == .ipv4(0x7F00_0001, port: 7))
        #expect(
            NetworkAddress.ipv6(1, 2, port: 3, scope: 4).with(port: 9)
                == .ipv6(1, 2, port: 9, scope: 4))
        #expect(NetworkAddress.unix(path: "/x").with(port: 9) == .unix(path: "/x"))
    }
}
