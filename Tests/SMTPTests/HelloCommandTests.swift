import SMTP
import Testing

struct HelloCommandTests {
    @Test(arguments: [
        "localhost", "client.example", "a", "my_host", "[127.0.0.1]", "[IPv6:::1]", "-", "1.2.3.4",
        "host.", "<x>", "bücher.example", "~!@#$%^&*()", "[broken",
    ])
    func `any visible word is a name`(name: String) throws {
        for (before, after) in [("", ""), (" ", " "), ("\t", "\t ")] {
            #expect(try hello(before + name + after)[\.name] == name)
        }
    }

    @Test(arguments: ["", " ", "\t ", "a b", "a\tb", "a  b"])
    func `no name, or more than one, is a syntax error`(argument: String) {
        #expect(throws: ArgumentError.syntax) { try hello(argument) }
    }

    @Test(
        arguments: [
            [0x80], [0xc3], [0x61, 0xff, 0x62], [0xed, 0xa0, 0x80], [0x7f], [0x61, 0x00],
            [0x1b, 0x5b],
        ] as [[UInt8]])
    func `a name with invalid UTF-8 or control octets is a syntax error`(octets: [UInt8]) {
        #expect(throws: ArgumentError.syntax) { try hello(octets) }
    }

    @Test(arguments: [(1, true), (254, true), (255, true), (256, false), (2000, false)])
    func `a name has 255 octets at most`(count: Int, isAccepted: Bool) throws {
        for name in [String(count, "x"), String(count / 2, "é") + String(count % 2, "x")] {
            if isAccepted {
                #expect(try hello(name)[\.name] == name)
            } else {
                #expect(throws: ArgumentError.syntax) { try hello(name) }
            }
        }
    }
}
