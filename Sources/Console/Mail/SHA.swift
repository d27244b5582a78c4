/// SHA-1 and SHA-256 (FIPS 180-4): checksums that Mailpit's clients compare, and nothing else.
package enum SHA {
    /// Returns the digest of SHA-1: 20 bytes.
    package static func digest1(of message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        forEachBlock(of: message) { words in
            for step in 16..<80 {
                let mixed = words[step - 3] ^ words[step - 8] ^ words[step - 14] ^ words[step - 16]
                words[step] = mixed.rotated(right: 31)
            }
            var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
            for step in 0..<80 {
                let (mixed, constant): (UInt32, UInt32) =
                    switch step / 20 {
                    case 0: (b & c | ~b & d, 0x5A82_7999)
                    case 1: (b ^ c ^ d, 0x6ED9_EBA1)
                    case 2: (b & c | b & d | c & d, 0x8F1B_BCDC)
                    default: (b ^ c ^ d, 0xCA62_C1D6)
                    }
                let sum = a.rotated(right: 27) &+ mixed &+ e &+ constant &+ words[step]
                (a, b, c, d, e) = (sum, a, b.rotated(right: 2), c, d)
            }
            state.add(a, b, c, d, e)
        }
        return state.flatMap(\.bytes)
    }

    /// Returns the digest of SHA-256: 32 bytes.
    package static func digest256(of message: [UInt8]) -> [UInt8] {
        var state: [UInt32] = [
            0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C,
            0x1F83_D9AB, 0x5BE0_CD19,
        ]
        forEachBlock(of: message) { words in
            for step in 16..<64 {
                let (early, late) = (words[step - 15], words[step - 2])
                let first = early.rotated(right: 7) ^ early.rotated(right: 18) ^ early >> 3
                let second = late.rotated(right: 17) ^ late.rotated(right: 19) ^ late >> 10
                words[step] = words[step - 16] &+ first &+ words[step - 7] &+ second
            }
            var (a, b, c, d) = (state[0], state[1], state[2], state[3])
            var (e, f, g, h) = (state[4], state[5], state[6], state[7])
            for step in 0..<64 {
                let low = e.rotated(right: 6) ^ e.rotated(right: 11) ^ e.rotated(right: 25)
                let first = h &+ low &+ (e & f ^ ~e & g) &+ constants[step] &+ words[step]
                let high = a.rotated(right: 2) ^ a.rotated(right: 13) ^ a.rotated(right: 22)
                let second = high &+ (a & b ^ a & c ^ b & c)
                (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
            }
            state.add(a, b, c, d, e, f, g, h)
        }
        return state.flatMap(\.bytes)
    }

    /// Calls with each block of a message and its padding: 16 words, and room for those made of them.
    private static func forEachBlock(of message: [UInt8], _ body: (inout [UInt32]) -> Void) {
        let padding = 64 - (message.count + 8) % 64
        let bits = UInt64(message.count) &* 8
        let padded =
            message + [0x80] + [UInt8](repeating: 0, count: padding - 1)
            + UInt32(truncatingIfNeeded: bits >> 32).bytes + UInt32(truncatingIfNeeded: bits).bytes
        var words = [UInt32](repeating: 0, count: 80)
        for start in stride(from: 0, to: padded.count, by: 64) {
            for index in 0..<16 {
                words[index] = padded[(start + 4 * index)..<(start + 4 * index + 4)].reduce(0) {
                    $0 << 8 | UInt32($1)
                }
            }
            body(&words)
        }
    }

    /// The first bits of the fractions of the cube roots of the first primes.
    private static let constants: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1,
        0x923F_82A4, 0xAB1C_5ED5, 0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3,
        0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174, 0xE49B_69C1, 0xEFBE_4786,
        0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147,
        0x06CA_6351, 0x1429_2967, 0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13,
        0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85, 0xA2BF_E8A1, 0xA81A_664B,
        0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A,
        0x5B9C_CA4F, 0x682E_6FF3, 0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208,
        0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ]
}

extension [UInt32] {
    fileprivate mutating func add(_ values: UInt32...) {
        for (index, value) in values.enumerated() { self[index] &+= value }
    }
}

extension UInt32 {
    fileprivate func rotated(right count: UInt32) -> UInt32 { self >> count | self << (32 - count) }

    fileprivate var bytes: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: self >> $0) }
    }
}
