/// What a request asks for: a path and a query (RFC 9112 §3.2).
///
/// The path is decoded once, here: all that decides about it looks at the same text.
package struct RequestTarget: Sendable, Equatable {
    /// The path, decoded: it begins with a slash, and no segment is `.` or `..`.
    package let path: String
    /// The names and values of the query, decoded, in their order.
    package let query: [Parameter]
    /// The host that an absolute target names, with its port; it stands for the field Host.
    let authority: String?
    /// Whether it is the server as a whole, which only OPTIONS may ask for.
    var isAsterisk: Bool { path == "*" }

    /// The server as a whole: `*`.
    static var asterisk: RequestTarget { RequestTarget(path: "*", query: [], authority: nil) }

    /// A parameter of a query.
    package struct Parameter: Sendable, Equatable {
        package let name: String
        /// What it is; a plus stays a plus.
        package let value: String
        /// What it is where a form has written it: a plus is a blank (URL Standard §5.1).
        package let text: String
    }

    private init(path: String, query: [Parameter], authority: String?) {
        self.path = path
        self.query = query
        self.authority = authority
    }

    /// Reads a target; nil if it is malformed, or may be read in two ways.
    init?(_ target: some Collection<UInt8>) {
        var rest = Array(target)[...]
        var authority: String?
        let start = String(decoding: rest.prefix(8), as: UTF8.self).lowercased()
        for scheme in ["http://", "https://"] where start.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.utf8.count)
            let name = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            guard !name.isEmpty, name.allSatisfy(\.isHostByte) else { return nil }
            authority = String(decoding: name, as: UTF8.self)
            rest = rest.dropFirst(name.count)
            if rest.first != UInt8(ascii: "/") {
                rest.insert(UInt8(ascii: "/"), at: rest.startIndex)
            }
            break
        }
        let mark = rest.firstIndex(of: UInt8(ascii: "?"))
        guard let path = Self.path(rest[..<(mark ?? rest.endIndex)]),
            let query = Self.query(mark.map { rest[($0 + 1)...] } ?? [])
        else { return nil }
        self.init(path: path, query: query, authority: authority)
    }

    /// The decoded path.
    ///
    /// A slash, a backslash or a control byte that was encoded, `.` and `..` have no place in it. A
    /// segment may be empty (RFC 3986 §3.3).
    private static func path(_ bytes: ArraySlice<UInt8>) -> String? {
        guard bytes.first == UInt8(ascii: "/") else { return nil }
        let encoded = bytes.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        var path = ""
        for segment in encoded {
            guard let text = decoded(segment), text != ".", text != "..",
                !text.utf8.contains(where: { $0 == 0x2F || $0 == 0x5C || $0 < 0x20 || $0 == 0x7F })
            else { return nil }
            path += "/" + text
        }
        return path
    }

    private static func query(_ bytes: ArraySlice<UInt8>) -> [Parameter]? {
        var parameters: [Parameter] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let rest = pair[equals...].dropFirst()
            guard let name = decoded(pair[..<equals]), let value = decoded(rest),
                let text = decoded(rest, plus: UInt8(ascii: " "))
            else { return nil }
            parameters.append(Parameter(name: name, value: value, text: text))
        }
        return parameters
    }

    /// The text with its percent escapes in clear; nil if one is broken, or if it is not UTF-8.
    ///
    /// - Parameter plus: what a plus stands for.
    private static func decoded(
        _ bytes: ArraySlice<UInt8>, plus: UInt8 = UInt8(ascii: "+")
    ) -> String? {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                plain.append(byte == UInt8(ascii: "+") ? plus : byte)
                continue
            }
            guard let high = rest.popFirst()?.hexValue, let low = rest.popFirst()?.hexValue
            else { return nil }
            plain.append(UInt8(high << 4 | low))
        }
        return String(validating: plain, as: UTF8.self)
    }
}
