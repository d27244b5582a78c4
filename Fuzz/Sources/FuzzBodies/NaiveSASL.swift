import BlackholeSMTP

/// Base64 as a naive reader has it: bit by bit, and with no other spelling than the writer's.
enum NaiveBase64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        while bits.count % 6 != 0 { bits.append(0) }
        var text = stride(from: 0, to: bits.count, by: 6).map { start in
            alphabet[bits[start..<start + 6].reduce(0) { $0 << 1 | Int($1) }]
        }
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return text
    }

    static func decode(_ text: [UInt8]) -> [UInt8]? {
        var bits: [UInt8] = []
        for byte in text {
            guard let digit = alphabet.firstIndex(of: byte) else { break }
            bits += (0..<6).map { UInt8(digit >> (5 - $0) & 1) }
        }
        let bytes = stride(from: 0, to: bits.count - bits.count % 8, by: 8).map { start in
            bits[start..<start + 8].reduce(0) { $0 << 1 | $1 }
        }
        return encode(bytes) == text ? bytes : nil
    }
}

/// An exchange as a naive reader has it: what was decoded so far, and what it amounts to.
struct NaiveExchange {
    let mechanism: SASLMechanism
    private(set) var responses: [[UInt8]] = []
    /// What CRAM-MD5 asked.
    var challenge = ""

    /// What a line leads to.
    enum Outcome: Equatable {
        case challenge, cancelled, notBase64, malformed
        /// Who, with which password or digest, and for whom.
        case credentials([String])
    }

    init(_ mechanism: SASLMechanism) { self.mechanism = mechanism }

    mutating func take(_ line: [UInt8], isInitial: Bool) -> Outcome {
        if !isInitial, line == [UInt8(ascii: "*")] { return .cancelled }
        let isEmpty = isInitial && line == [UInt8(ascii: "=")]
        guard let response = isEmpty ? [] : NaiveBase64.decode(line) else { return .notBase64 }
        responses.append(response)
        switch mechanism {
        case .plain:
            let parts = response.split(separator: 0, omittingEmptySubsequences: false).map(
                Array.init)
            guard parts.count == 3, let user = text(parts[1]), let password = text(parts[2]) else {
                return .malformed
            }
            let identity = String(decoding: parts[0], as: UTF8.self)
            return .credentials([user, password] + (identity.isEmpty ? [] : [identity]))
        case .login:
            guard let last = text(response) else { return .malformed }
            guard responses.count == 2, let user = text(responses[0]) else { return .challenge }
            return .credentials([user, last])
        case .cramMD5:
            guard text(response) != nil, response.count >= 33 else { return .malformed }
            let digest = response.suffix(32)
            let user = Array(response.dropLast(33))
            let isHex = digest.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
            }
            guard isHex, response[user.count] == 0x20 else { return .malformed }
            return .credentials([
                String(decoding: user, as: UTF8.self), String(decoding: digest, as: UTF8.self),
                challenge,
            ])
        }
    }

    private func text(_ bytes: [UInt8]) -> String? {
        bytes.contains(0) ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
