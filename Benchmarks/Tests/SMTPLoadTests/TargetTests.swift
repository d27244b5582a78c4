import BlackholePipeline
import SMTPLoad
import Testing

@Suite struct `A target` {
    @Test(
        arguments: [
            ("127.0.0.1:25", NetworkAddress.ipv4(0x7F00_0001, port: 25), "127.0.0.1"),
            ("[::1]:2525", .ipv6(0, 1, port: 2525, scope: 0), "::1"),
            ("unix:/run/smtp", .unix(path: "/run/smtp"), nil),
        ] as [(String, NetworkAddress, String?)]) func `is an address`(
            text: String, address: NetworkAddress, host: String?
        ) throws
    {
        let target = try Target(text)
        #expect(target.address == address)
        #expect(target.host == host)
    }

    @Test(arguments: [
        "", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:smtp", ":25",
        "::1:25", "unix:",
    ]) func `is refused where it is none`(text: String) {
        #expect(throws: TargetError.self) { try Target(text) }
    }

    @Test func `on the loopback network is reached from many addresses`() throws {
        let sources = try Target("127.1.2.3:25").sources(300)
        #expect(Set(sources).count == 300)
        #expect(sources.first == .ipv4(0x7F00_0001, port: 0))
        #expect(sources.last == .ipv4(0x7F00_012C, port: 0))
        #expect(try Target("[::1]:25").sources(300).isEmpty)
    }
}

@Suite struct `The wording` {
    @Test(
        arguments: [
            (0.0, 1, "0.0"), (0.05, 1, "0.1"), (1234.567, 2, "1234.57"), (-0.25, 2, "-0.25"),
            (7, 0, "7"),
        ] as [(Double, Int, String)]) func `has numbers with their decimals`(
            number: Double, places: Int, text: String
        )
    {
        #expect(Wording.decimal(number, places) == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")])
    func `has numbers in groups`(number: Int, text: String) {
        #expect(Wording.grouped(number) == text)
    }

    @Test func `has texts of strangers without harm`() {
        #expect(Wording.quoted("a\"b\\c\r\u{1B}") == "\"a\\\"b\\\\c\\u000d\\u001b\"")
        #expect(Wording.printable("250 \u{1B}[2Jok\r\n") == "250 [2Jok")
    }
}
