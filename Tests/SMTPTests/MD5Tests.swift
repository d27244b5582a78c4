import BlackholeSMTP
import Testing

struct MD5Tests {
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// RFC 1321, section A.5.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "d174ab98d277d9f5a5611c2c9f419d9f"
        ),
        (
            "1234567890123456789012345678901234567890123456789012345678901234567890"
                + "1234567890", "57edf4a22be3c955ac49da2e2107b67a"
        ),
    ])
    func `a digest is the standard's`(message: String, digest: String) {
        #expect(Self.hexadecimal(MD5.digest(of: Array(message.utf8))) == digest)
    }

    /// Digests of as many zeros, around the ends of blocks, by md5sum.
    @Test(arguments: [
        (55, "c9ea3314b91c9fd4e38f9432064fd1f2"),
        (56, "e3c4dd21a9171fd39d208efa09bf7883"),
        (57, "ab9d8ef2ffa9145d6c325cefa41d5d4e"),
        (63, "65cecfb980d72fde57d175d6ec1c3f64"),
        (64, "3b5d3c7d207e37dceeedd301e35e2e58"),
        (65, "1ef5e829303a139ce967440e0cdca10c"),
        (119, "8271cb2e6a546123b43096a2efce39d2"),
        (120, "222f7d881ded1871724a1b9a1cb94247"),
        (128, "f09f35a5637839458e462e6350ecbce4"),
        (1000, "ede3d3b685b4e137ba4cb2521329a75e"),
    ])
    func `a message of any length is padded`(count: Int, digest: String) {
        #expect(Self.hexadecimal(MD5.digest(of: [UInt8](repeating: 0, count: count))) == digest)
    }

    /// RFC 2202, section 2.
    static let codes: [(key: [UInt8], message: String, code: String)] = [
        (bytes(0x0B, 16), "Hi There", "9294727a3638bb1c13f48ef8158bfc9d"),
        (Array("Jefe".utf8), "what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738"),
        (bytes(0x0C, 16), "Test With Truncation", "56461ef2342edc00f9bab995690efd4c"),
        (
            bytes(0xAA, 80), "Test Using Larger Than Block-Size Key - Hash Key First",
            "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"
        ),
        (
            bytes(0xAA, 80),
            "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
            "6f630fad67cda0ee1fb1f562db3aa53e"
        ),
    ]

    private static func bytes(_ byte: UInt8, _ count: Int) -> [UInt8] {
        [UInt8](repeating: byte, count: count)
    }

    @Test(arguments: codes)
    func `a code is the standard's`(key: [UInt8], message: String, code: String) {
        #expect(Self.hexadecimal(MD5.authenticate(Array(message.utf8), key: key)) == code)
    }
}
