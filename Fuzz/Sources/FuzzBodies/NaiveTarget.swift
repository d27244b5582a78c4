extension NaiveHead {
    /// Reads what a request asks for.
    static func readTarget(_ target: [UInt8], into request: inout NaiveHTTP.Request) throws(End) {
        var target = target
        if request.method == "OPTIONS", target == Array("*".utf8) {
            request.path = "*"
            return
        }
        for scheme in ["http://", "https://"] {
            let start = String(decoding: target.prefix(scheme.count), as: UTF8.self)
            guard start.lowercased() == scheme else { continue }
            target.removeFirst(scheme.count)
            let host = target.prefix { $0 != 0x2F && $0 != 0x3F }
            let others = Array("-._~%!$&'()*+;=:[]".utf8)
            guard !host.isEmpty,
                host.allSatisfy({ isAlphanumeric($0) || others.contains($0) })
            else { throw End(status: 400) }
            target.removeFirst(host.count)
            if target.first != 0x2F { target.insert(0x2F, at: 0) }
            break
        }
        guard target.first == 0x2F else { throw End(status: 400) }
        let path = Array(target.prefix { $0 != 0x3F })
        let segments = path.split(separator: 0x2F, omittingEmptySubsequences: false).dropFirst()
        for segment in segments {
            let text = try decoded(Array(segment))
            guard text != ".", text != "..",
                !text.unicodeScalars.contains(where: {
                    $0 == "/" || $0 == "\\" || $0.value < 0x20 || $0.value == 0x7F
                })
            else { throw End(status: 400) }
            request.path += "/" + text
        }
        for pair in target.dropFirst(path.count + 1).split(separator: 0x26) {
            let name = pair.prefix { $0 != 0x3D }
            let value = pair.dropFirst(name.count + 1)
            request.query += [try decoded(Array(name)), try decoded(Array(value))]
        }
    }

    private static func decoded(_ bytes: [UInt8]) throws(End) -> String {
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25 {
                let digits = bytes[(index + 1)...].prefix(2)
                guard digits.count == 2,
                    digits.allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) }),
                    let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
                else { throw End(status: 400) }
                plain.append(byte)
                index += 3
            } else {
                plain.append(bytes[index])
                index += 1
            }
        }
        guard let text = String(validating: plain, as: UTF8.self) else { throw End(status: 400) }
        return text
    }
}
