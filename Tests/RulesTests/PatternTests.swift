import BlackholePipeline
import BlackholeRules
import Testing

/// Globs, address patterns and networks.
@Suite struct PatternTests {
    @Test(arguments: [
        ("*@full.example", "You@FULL.example", true),
        ("*@full.example", "you@full.example.", false),
        ("slow-*", "slow-1@x", true), ("a?c", "abc", true), ("a?c", "ac", false),
        ("a?c", "a\u{E9}c", true), ("a??c", "a\u{E9}c", false), ("*", "", true), ("", "", true),
        ("", "a", false), ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false),
        ("a+b%c[1]{2}?@x.example", "a+b%c[1]{2}?@x.example", true),
        ("a+b%c[1]{2}?@x.example", "a+b%c1{2}z@x.example", false), ("**a**", "bab", true),
    ])
    func `a glob knows any text, any character and no other sign`(
        pattern: String, text: String, isMatch: Bool
    ) {
        #expect(Glob(pattern).matches(text) == isMatch)
    }

    @Test func `a glob made to be slow is not`() {
        let text = String(repeating: "a", count: 2_000)
        let pattern = String(repeating: "*a", count: 500) + "*b"
        #expect(!Glob(pattern).matches(text))
    }

    @Test func `globs agree with a naive matcher`() {
        var random = RandomSource(seed: 1)
        func word(_ letters: String, _ most: Int) -> String {
            String(
                (0..<Int.random(in: 0...most, using: &random)).map { _ in
                    letters.randomElement(using: &random) ?? "a"
                })
        }
        for _ in 0..<5_000 {
            let (pattern, text) = (word("ab*?", 6), word("aAb", 7))
            let isMatch = naive(Array(pattern)[...], Array(text.lowercased())[...])
            #expect(Glob(pattern).matches(text) == isMatch, "\(pattern) \(text)")
        }
    }

    private func naive(_ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            return naive(pattern.dropFirst(), text)
                || !text.isEmpty && naive(pattern, text.dropFirst())
        }
        guard let letter = text.first, first == "?" || first == letter else { return false }
        return naive(pattern.dropFirst(), text.dropFirst())
    }

    @Test(arguments: [
        ("@example.org", "you@EXAMPLE.org", true), ("@example.org", "you@mx.example.org", false),
        ("@*.example.org", "you@mx.example.org", true),
        ("@*.example.org", "you@example.org", false),
        ("@example.org", "\"a@b\"@example.org", true), ("@example.org", "example.org", false),
        ("\"a b\"@x.example", "\"A B\"@x.example", true),
    ])
    func `a pattern of a domain is for the domain alone`(
        pattern: String, address: String, isMatch: Bool
    ) {
        let bytes = Array(address.utf8)
        #expect(AddressPattern(pattern).matches(bytes.span.bytes) == isMatch)
    }

    @Test func `a pattern shows what a table can look up`() {
        #expect(AddressPattern("@X.example").exactDomain.map(Array.init) == Array("x.example".utf8))
        #expect(
            AddressPattern("*@X.example").exactDomain.map(Array.init) == Array("x.example".utf8))
        #expect(AddressPattern("*@*.example").exactDomain == nil)
        #expect(AddressPattern("You@x").exactAddress == Array("you@x".utf8))
        #expect(AddressPattern("@/etc/users") == .list(path: "/etc/users"))
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.1.2.3", false),
        ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("0.0.0.0/0", "192.0.2.1", true),
        ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "192.0.2.1", false),
        ("::/0", "2001:db8::1", true), ("2001:db8::/32", "2001:db8:1::9", true),
        ("2001:db8::/32", "2001:db9::9", false), ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false), ("2001:db8::1", "2001:db8::1", true),
    ])
    func `a network has the addresses of its prefix`(
        network: String, address: String, isMember: Bool
    ) throws {
        let rule = try Rule("connect peer=\(network) -> 554")
        guard case .network(let block) = rule.tests[0].operand else {
            Issue.record("not a network")
            return
        }
        let peer = try #require(NetworkAddress(address, port: 25))
        #expect(block.contains(peer) == isMember)
        #expect(block.description == network)
    }

    @Test func `bits after the prefix do not count`() throws {
        #expect(try Rule("connect peer=10.1.2.3/8 -> 554").text == "connect peer=10.0.0.0/8 -> 554")
    }
}
