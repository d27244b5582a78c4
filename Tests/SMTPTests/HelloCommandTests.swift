import BlackholeSMTP
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

    @Test(arguments: [
        "", " ", "\t ", "a b", "a\tb", "a  b", "PhpStorm 9.0.3", "[a b", "a] b", "[ ]",
    ])
    func `no name, or text after one, is a syntax error`(argument: String) {
        #expect(throws: ArgumentError.syntax) { try hello(argument) }
    }

    @Test(
        arguments: [
            [0x80], [0xc3], [0x61, 0xff, 0x62], [0xed, 0xa0, 0x80], [0x7f], [0x61, 0x00],
            [0x1b, 0x5b],
        ] as [[UInt8]])
    func `a name with invalid UTF-8 or control bytes is a syntax error`(bytes: [UInt8]) {
        #expect(throws: ArgumentError.syntax) { try hello(bytes) }
    }

    @Test(arguments: [1, 254, 255, 256, 2000])
    func `a name may be as long as its line`(count: Int) throws {
        for name in [String(count, "x"), String(count / 2, "é") + String(count % 2, "x")] {
            #expect(try hello(name)[\.name] == name)
        }
    }

    /// RFC 5321 §4.1.1.1: the information that helps to identify a client without a name.
    @Test(arguments: [
        ("[192.0.2.7] mailer 1.0", "[192.0.2.7]"),
        ("[IPv6:2001:db8::7]\t(x)", "[IPv6:2001:db8::7]"),
        ("[::1] é", "[::1]"), ("[192.0.2.7]  <x>  [y]", "[192.0.2.7]"),
    ])
    func `text after an address literal is accepted and ignored`(
        argument: String, name: String
    ) throws {
        #expect(try hello(argument)[\.name] == name)
        #expect(try hello(argument, isLenient: true)[\.name] == name)
        #expect(throws: ArgumentError.syntax) { try hello(Array(argument.utf8) + [0xFF]) }
    }

    @Test(arguments: [
        ("", ""), (" \t", ""), ("PhpStorm 9.0.3", "PhpStorm"), ("a  b c", "a"), ("host", "host"),
    ])
    func `any name, or none, is accepted where it is told to`(argument: String, name: String) throws
    {
        #expect(try hello(argument, isLenient: true)[\.name] == name)
    }

    @Test func `a name in another character set is accepted where it is told to`() throws {
        let parsed = try hello([0x42, 0xFC, 0x72, 0x6F, 0x20, 0xFF], isLenient: true)
        #expect(parsed.bytes[parsed.value.name] == [0x42, 0xFC, 0x72, 0x6F])
    }
}
