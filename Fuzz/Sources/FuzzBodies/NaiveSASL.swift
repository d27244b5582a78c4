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
        /// A challenge that says why a token is refused, and the refusal behind it.
        case reason, refused
        /// Who, with which password or digest, and for whom.
        case credentials([String])
    }

    private var isRefused = false

    init(_ mechanism: SASLMechanism) { self.mechanism = mechanism }

    /// Has a token refused by two words in the place of one.
    mutating func refuse(_ outcome: Outcome) -> Outcome {
        guard case .credentials = outcome else { return outcome }
        isRefused = true
        return .reason
    }

    mutating func take(_ line: [UInt8], isInitial: Bool) -> Outcome {
        if !isInitial, line == [UInt8(ascii: "*")] { return .cancelled }
        let isEmpty = isInitial && line == [UInt8(ascii: "=")]
        guard let response = isEmpty ? [] : NaiveBase64.decode(line) else { return .notBase64 }
        guard !isRefused else { return .refused }
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
        case .xoauth2:
            guard let pairs = pairs(in: response[...]), let user = pairs["user"],
                !user.contains("\0"), let token = token(in: pairs)
            else { return .malformed }
            return .credentials([user, token])
        case .oauthBearer:
            let header = response.prefix { $0 != 1 }
            guard header.count < response.count, let user = user(in: text(Array(header)) ?? ""),
                let pairs = pairs(in: response[(header.count + 1)...]),
                let token = token(in: pairs)
            else { return .malformed }
            return .credentials([user, token])
        }
    }

    /// The values by their keys, each ended by ^A, and one more behind the last.
    private func pairs(in bytes: ArraySlice<UInt8>) -> [String: String]? {
        var pairs: [String: String] = [:]
        var rest = bytes
        while rest.first != 1 {
            let pair = Array(rest.prefix { $0 != 1 })
            guard pair.count < rest.count else { return nil }
            rest = rest.dropFirst(pair.count + 1)
            let key = pair.prefix { 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 }
            guard !key.isEmpty, pair.dropFirst(key.count).first == UInt8(ascii: "=") else {
                return nil
            }
            let name = String(decoding: key, as: UTF8.self)
            guard pairs[name] == nil else { return nil }
            pairs[name] = String(decoding: pair.dropFirst(key.count + 1), as: UTF8.self)
        }
        return rest.count == 1 ? pairs : nil
    }

    private func token(in pairs: [String: String]) -> String? {
        guard let value = pairs["auth"], !value.isEmpty else { return pairs["auth"] }
        let scalars = Array(value.unicodeScalars)
        let blanks = scalars.dropFirst(6).prefix { $0 == " " }.count
        let token = scalars.dropFirst(6 + blanks)
        guard value.prefix(6).lowercased() == "bearer", blanks > 0, !token.isEmpty,
            token.allSatisfy({ 0x21...0x7E ~= $0.value })
        else { return nil }
        return token.map { String($0) }.joined()
    }

    private func user(in header: String) -> String? {
        let scalars = header.unicodeScalars
        guard header.hasPrefix("n,") || header.hasPrefix("y,"), scalars.last == ",",
            scalars.count(where: { $0 == "," }) == 2
        else { return nil }
        let name = String(String.UnicodeScalarView(scalars.dropFirst(2).dropLast()))
        guard !name.isEmpty else { return "" }
        guard name.unicodeScalars.starts(with: "a=".unicodeScalars) else { return nil }
        let pieces = name.unicodeScalars.dropFirst(2).split(
            separator: "=", omittingEmptySubsequences: false)
        var user = String(pieces[0])
        for piece in pieces.dropFirst() {
            let code = String(String.UnicodeScalarView(piece.prefix(2)))
            guard code == "2C" || code == "3D" else { return nil }
            user.unicodeScalars.append(code == "2C" ? "," : "=")
            user.unicodeScalars.append(contentsOf: piece.dropFirst(2))
        }
        return user
    }

    private func text(_ bytes: [UInt8]) -> String? {
        bytes.contains(0) ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
