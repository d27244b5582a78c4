import BlackholePipeline
import BlackholeRules
import Testing

@Suite struct KeyHasherTests {
    private let secret = KeyHasher.Secret(1, 2)

    private func key(
        _ parts: KeyParts, _ add: (inout KeyHasher) -> Void
    ) -> TallyKey {
        var hasher = KeyHasher(secret, for: parts)
        add(&hasher)
        return hasher.finished()
    }

    private func key(_ parts: KeyParts, _ address: String) -> TallyKey? {
        guard let address = NetworkAddress(address, port: 1) else { return nil }
        return key(parts) { $0.add(parts, address: address) }
    }

    private func add(_ text: String, _ part: KeyParts, to hasher: inout KeyHasher) {
        hasher.add(part, foldingCaseOf: text.utf8.span.bytes)
    }

    @Test func `the hash is SipHash-1-3`() {
        // As CPython hashes the same bytes with PYTHONHASHSEED=0.
        var hasher = KeyHasher(KeyHasher.Secret(0, 0))
        hasher.add(0x3837_3635_3433_3231)
        #expect(hasher.finished().bits == 0x3489_9824_3056_0A87)
        hasher = KeyHasher(KeyHasher.Secret(0, 0))
        hasher.add(0x3736_3534_3332_3130)
        hasher.add(0x6665_6463_6261_3938)
        #expect(hasher.finished().bits == 0x1D42_B30F_7E06_0C24)
        hasher = KeyHasher(KeyHasher.Secret(0, 0))
        for _ in 0..<5 { hasher.add(0x6161_6161_6161_6161) }
        #expect(hasher.finished().bits == 0x1BEE_A9BC_C1F2_9DC4)
    }

    @Test func `a key depends on the secret`() {
        var other = KeyHasher(KeyHasher.Secret(1, 3), for: .from)
        add("a@example.org", .from, to: &other)
        #expect(other.finished() != key(.from) { add("a@example.org", .from, to: &$0) })
        #expect(KeyHasher.Secret.random().halves != KeyHasher.Secret.random().halves)
    }

    @Test func `pieces are framed: what one loses another does not gain`() {
        let parts: KeyParts = [.from, .to]
        let pairs = [
            ("ab", "c"), ("a", "bc"), ("", "abc"), ("abc", ""), ("abc\0", ""), ("ab\0", "c"),
            ("abcdefgh", "i"), ("abcdefg", "hi"),
        ]
        let keys = pairs.map { from, to in
            key(parts) {
                add(from, .from, to: &$0)
                add(to, .to, to: &$0)
            }
        }
        #expect(Set(keys).count == pairs.count)
    }

    @Test func `an absent part is another key than an empty one`() {
        let empty = key(.from) { add("", .from, to: &$0) }
        #expect(empty != key(.from) { $0.addNone(.from) })
    }

    @Test func `keys of different kinds differ`() {
        let kinds: [KeyParts] = [.helo, .from, .fromDomain, .to, .toDomain, .user]
        #expect(
            Set(kinds.map { kind in key(kind) { add("example.org", kind, to: &$0) } }).count == 6)
        #expect(key(.ip, "10.0.0.1") != key(.exactIP, "10.0.0.1"))
    }

    @Test func `letters count without their case, and nothing else does`() {
        for byte in 0...255 as ClosedRange<UInt8> {
            let isCapital = (0x41...0x5A).contains(byte)
            let other = byte ^ 0x20
            for length in [1, 8, 11] {
                let one = [UInt8](repeating: byte, count: length)
                let two = [UInt8](repeating: other, count: length)
                let keys = [one, two].map { bytes in
                    key(.helo) { $0.add(.helo, foldingCaseOf: bytes.span.bytes) }
                }
                let isSmall = (0x61...0x7A).contains(byte)
                #expect((keys[0] == keys[1]) == (isCapital || isSmall))
            }
        }
    }

    @Test func `a user's name counts with its case`() {
        let keys = ["Ann", "ann"].map { name in
            key(.user) { $0.add(.user, name.utf8.span.bytes) }
        }
        #expect(keys[0] != keys[1])
    }

    @Test func `ip counts IPv4 by address and IPv6 by its 64 first bits`() {
        #expect(key(.ip, "10.0.0.1") != key(.ip, "10.0.0.2"))
        #expect(key(.ip, "2001:db8:1:2::1") == key(.ip, "2001:db8:1:2:3::9"))
        #expect(key(.ip, "2001:db8:1:2::1") != key(.ip, "2001:db8:1:3::1"))
    }

    @Test func `ip/24 counts IPv4 by its 24 first bits and IPv6 by its 48`() {
        #expect(key(.network, "10.0.0.1") == key(.network, "10.0.0.255"))
        #expect(key(.network, "10.0.0.1") != key(.network, "10.0.1.1"))
        #expect(key(.network, "2001:db8:1:2::1") == key(.network, "2001:db8:1:3::1"))
        #expect(key(.network, "2001:db8:1::1") != key(.network, "2001:db8:2::1"))
    }

    @Test func `ip/32 counts the exact address of both`() {
        #expect(key(.exactIP, "2001:db8:1:2::1") != key(.exactIP, "2001:db8:1:2::2"))
        #expect(key(.exactIP, "2001:db8:1:2::1") == key(.exactIP, "2001:db8:1:2::1"))
        #expect(key(.exactIP, "10.0.0.1") != key(.exactIP, "10.0.0.2"))
    }

    @Test func `an IPv4-mapped IPv6 address counts as IPv4, and paths of sockets count apart`() {
        for part in [.ip, .network, .exactIP] as [KeyParts] {
            #expect(key(part, "::ffff:10.0.0.1") == key(part, "10.0.0.1"))
            #expect(key(part, "unix:/a") != key(part, "unix:/b"))
        }
    }
}
