/// The responses that hold a bearer token.
extension SASLExchange {
    /// `user=name ^A auth=Bearer token ^A ^A`, as Google writes it.
    static func userToken(_ response: [UInt8]) -> Outcome {
        guard let pairs = pairs(of: response), let user = pairs.text(of: "user"),
            let token = pairs.token
        else { return .malformed }
        return .credentials(Credentials(.xoauth2, user: user, token: token))
    }

    /// `n,a=name, ^A auth=Bearer token ^A ^A`, with more pairs perhaps (RFC 7628 §3.1).
    static func headerToken(_ response: [UInt8]) -> Outcome {
        guard let end = response.firstIndex(of: separator),
            let user = user(of: response[..<end]),
            let token = pairs(of: response[(end + 1)...])?.token
        else { return .malformed }
        return .credentials(Credentials(.oauthBearer, user: user, token: token))
    }

    /// What stands behind each pair, and behind all of them.
    private static let separator: UInt8 = 0x01

    /// The pairs of a response; nil where it does not end as it should.
    private static func pairs(of response: some Collection<UInt8>) -> TokenPairs? {
        var parts = response.split(separator: separator, omittingEmptySubsequences: false)
            .map(Array.init)
        guard parts.count > 2, parts.popLast() == [], parts.popLast() == [] else { return nil }
        return TokenPairs(parts)
    }

    /// The user of `n,a=name,`, the header without a channel binding (RFC 5801 §4), empty if there is
    /// none.
    private static func user(of header: ArraySlice<UInt8>) -> String? {
        let parts = header.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].isEmpty,
            parts[0].elementsEqual("n".utf8) || parts[0].elementsEqual("y".utf8)
        else { return nil }
        guard !parts[1].isEmpty else { return "" }
        guard parts[1].starts(with: "a=".utf8) else { return nil }
        return name(parts[1].dropFirst(2))
    }

    /// A name in which `=2C` stands for a comma and `=3D` for an equals sign.
    private static func name(_ bytes: ArraySlice<UInt8>) -> String? {
        var name: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                name.append(byte)
                continue
            }
            if rest.starts(with: "2C".utf8) {
                name.append(UInt8(ascii: ","))
            } else if rest.starts(with: "3D".utf8) {
                name.append(UInt8(ascii: "="))
            } else {
                return nil
            }
            rest = rest.dropFirst(2)
        }
        return text(name[...])
    }
}

/// Pairs of a key and a value, each key once; those that nobody knows are passed over.
private struct TokenPairs {
    private var values: [[UInt8]: ArraySlice<UInt8>] = [:]

    /// Reads `key=value`; nil where a key is no word of letters, or is there twice.
    init?(_ pairs: [[UInt8]]) {
        for pair in pairs {
            guard let end = pair.firstIndex(of: UInt8(ascii: "=")), end > 0,
                pair[..<end].allSatisfy(\.isLetter), values[Array(pair[..<end])] == nil
            else { return nil }
            values[Array(pair[..<end])] = pair[(end + 1)...]
        }
    }

    func text(of key: String) -> String? {
        values[Array(key.utf8)].flatMap(SASLExchange.text)
    }

    /// What follows `Bearer`, in any case, and blanks: visible ASCII; empty where there is no value at
    /// all (RFC 7628 §4.3).
    var token: String? {
        guard let value = values[Array("auth".utf8)] else { return nil }
        guard !value.isEmpty else { return "" }
        let scheme = value.prefix { $0 != 0x20 }
        let token = value.dropFirst(scheme.count).drop { $0 == 0x20 }
        guard scheme.map(\.uppercased).elementsEqual("BEARER".utf8), !token.isEmpty,
            token.allSatisfy(\.isVisible)
        else { return nil }
        return String(decoding: token, as: UTF8.self)
    }
}
