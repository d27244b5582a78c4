import BlackholeSMTP
import Testing

struct ChunkCommandTests {
    @Test(arguments: [
        ("0", 0), ("1", 1), ("86400", 86_400), ("00000000000000000007", 7),
        ("9223372036854775806", Int.max - 1), ("9223372036854775807", Int.max),
    ])
    func `a chunk has a size, and may be the last`(digits: String, bytes: Int) throws {
        for end in ["", " ", "\t"] {
            let parsed = try chunk(digits + end)
            #expect(parsed.bytes == bytes)
            #expect(!parsed.isLast)
        }
        for end in [" LAST", "  last", "\tLast ", " \t lAST\t"] {
            let parsed = try chunk(digits + end)
            #expect(parsed.bytes == bytes)
            #expect(parsed.isLast)
        }
    }

    @Test(arguments: [
        "", " ", "LAST", "x", "-1", "+1", "1.0", "0x1", "1,000", "1 1", "1 LAS", "1 LASTS",
        "1 LAST LAST", "1 LAST x", "1LAST", "1 x", "1é", "é", "1 =", "LAST 1", "١",
        "9223372036854775808", "9223372036854775808 LAST", "18446744073709551615",
        "18446744073709551616", "18446744073709551617", "99999999999999999999",
        "000000000000000000000", "000000000000000000001 LAST", "100000000000000000000",
    ])
    func `anything else is a syntax error`(argument: String) {
        #expect(throws: ArgumentError.syntax) { try chunk(argument) }
    }

    @Test(
        arguments: [
            ("5", 5), ("5 FIRST", 5), ("0\tx", 0), ("7 LAST LAST", 7), ("1 2", 1), ("1LAST", nil),
            ("1.0", nil), ("x", nil), ("LAST 1", nil), ("", nil), ("9223372036854775808 x", nil),
        ] as [(String, Int?)])
    func `a size is known whatever follows it after a blank`(argument: String, bytes: Int?) {
        let line = command("BDAT " + argument)
        #expect(ChunkCommand.bytes(line.value, in: line.bytes.span.bytes) == bytes)
    }

    @Test(arguments: [(1, true), (19, true), (20, true), (21, false), (2000, false)])
    func `a size has 20 digits at most`(count: Int, isAccepted: Bool) {
        let digits = String(count - 1, "0") + "5"
        #expect((try? chunk(digits))?.bytes == (isAccepted ? 5 : nil))
    }
}
