import BlackholePipeline
import BlackholeSMTP
import Glibc
import Testing

struct AddressLiteralTests {
    static func isAccepted(_ literal: String) -> Bool {
        (try? recipient("TO:<a@[\(literal)]>")) != nil
    }

    @Test(arguments: [
        "1.2.3.4", "0.0.0.0", "255.255.255.255", "001.02.3.000", "127.0.0.1",
        "IPv6:::", "IPv6:::1", "ipv6:::1", "IPV6:1::", "IPv6:1:2:3:4:5:6:7:8", "IPv6:2001:db8::1",
        "IPv6:ABCD:ef01::", "IPv6:0001:2:3::4", "IPv6:1::2:3:4:5:6", "IPv6:1::2:3:4:5:6:7",
        "IPv6:::ffff:1.2.3.4", "IPv6:1:2:3:4:5:6:1.2.3.4", "IPv6:::1.2.3.4", "IPv6:1::2:1.2.3.4",
        "IPv6:::255.255.255.255", "IPv6:1:2:3:4:5:6:7::", "IPv6:::2:3:4:5:6:7:8",
        "x:y", "X-Tag:content", "a1:!\"#$%&'()*+,-./:;<=>?@^_`{|}~", "-x:y", "1:y", "IPv66:x",
        "IPv:x", "x::",
    ])
    func `a good address literal is accepted`(literal: String) {
        #expect(Self.isAccepted(literal))
    }

    @Test(arguments: [
        "", "1", "1.2.3", "1.2.3.", ".1.2.3", "1.2.3.4.", "1.2.3.4.5", "1..3.4", "256.1.1.1",
        "1.2.3.256", "1.2.3.999", "1.2.3.1000", "0001.2.3.4", "1.2.3.a", "1.2.3.-4", "+1.2.3.4",
        "1.2.3.4 ", " 1.2.3.4", "1,2,3,4", "0x1.2.3.4", "99999999999999999999.1.1.1",
        "IPv6", "IPv6:", "IPv6::", "IPv6:1", "IPv6:1:2:3:4:5:6:7", "IPv6:1:2:3:4:5:6:7:8:9",
        "IPv6::1", "IPv6:1:", "IPv6:::1:", "IPv6:1:2:3:4:5:6:7:", "IPv6::1:2:3:4:5:6:7",
        "IPv6:1:::2", "IPv6:::::", "IPv6::::", "IPv6:1::2::3", "IPv6:12345::", "IPv6:::g",
        "IPv6:1:2:3:4:5:6:7:8::", "IPv6:::1:2:3:4:5:6:7:8", "IPv6:1:2:3:4::5:6:7:8",
        "IPv6:1.2.3.4", "IPv6:1:2:3:4:5:6:7:1.2.3.4", "IPv6:1:2:3:4:5:1.2.3.4",
        "IPv6:::1.2.3", "IPv6:::1.2.3.4:1", "IPv6:::256.1.1.1", "IPv6:1.2.3.4::", "IPv6:::1%eth0",
        "IPv6:1::2:3:4:5:6:1.2.3.4:", "IPv6:1:2:3:4:5:6::1.2.3.4", "IPv6:fe80::1 ",
        "x:", ":y", "x-:y", "-:y", "x", "x y:z", "x:y z", "x_y:z", "x.y:z", "é:y", "x:é",
        #"x:\y"#, "x:[y", "2001:db8:é",
    ])
    func `a bad address literal is refused`(literal: String) {
        #expect(!Self.isAccepted(literal))
    }

    @Test func `UTF-8 is not for address literals`() {
        #expect(throws: ArgumentError.forwardPath) {
            try recipient("TO:<a@[x:é]>", allowsUTF8: true)
        }
    }

    static func isIPv4(_ bytes: [UInt8]) -> Bool { bytes.span.bytes.isIPv4 }

    static func isIPv6(_ bytes: [UInt8]) -> Bool { bytes.span.bytes.isIPv6 }

    /// The system's own parser, which, unlike RFC 5321, takes no 01 in a dotted quad.
    static func reference(_ address: String) -> Bool {
        var storage = in6_addr()
        return inet_pton(AF_INET6, address, &storage) == 1
    }

    @Test func `generated IPv6 addresses give what the system's parser gives`() {
        var random = RandomSource(seed: 3)
        let pieces = [
            ":", ":", ":", "::", "7", "1", "ab", "F00d", "12345", "1.2.3.4", "10.0.0.255",
        ]
        var accepted = 0
        for _ in 0..<30_000 {
            var address = ""
            if Bool.random(using: &random) {
                var groups = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                    String(UInt16.random(in: 0...0xffff, using: &random), radix: 16)
                }
                if Bool.random(using: &random), !groups.isEmpty {
                    groups[Int.random(in: 0..<groups.count, using: &random)] = ""
                }
                address = groups.joined(separator: ":")
                if Bool.random(using: &random) { address += ":1.2.3.4" }
            } else {
                for _ in 0..<Int.random(in: 1...15, using: &random) {
                    address += pieces.randomElement(using: &random) ?? ""
                }
            }
            let expected = Self.reference(address)
            if expected { accepted += 1 }
            #expect(Self.isIPv6(Array(address.utf8)) == expected, "\(address)")
        }
        #expect(accepted > 2_000)
    }

    @Test func `every dotted quad of small numbers is one`() {
        for number in 0...1_100 {
            let quad = Array("1.\(number).0.255".utf8)
            #expect(Self.isIPv4(quad) == (number <= 255))
        }
    }
}
