/// A pattern for mail addresses.
public enum AddressPattern: Hashable, Sendable {
    /// `*@full.example`, `slow-*`: the whole address.
    case whole(Glob)
    /// `@example.org`, `@*.example.org`: the domain.
    case domain(Glob)
    /// `@/path`: the addresses, and domains, that a file lists.
    case list(path: String)

    /// The domain in small letters, if that is all it asks for: `@example.org`, `*@example.org`.
    ///
    /// A program looks it up instead of comparing.
    public var exactDomain: ArraySlice<UInt8>? {
        switch self {
        case .domain(let domain): return domain.literal?[...]
        case .whole(let glob):
            let domain = glob.bytes.dropFirst(2)
            guard glob.bytes.starts(with: "*@".utf8), !domain.isEmpty,
                !domain.contains(where: { "*?@\"".utf8.contains($0) })
            else { return nil }
            return domain
        case .list: return nil
        }
    }

    /// The address in small letters, if there is only one that matches.
    public var exactAddress: [UInt8]? {
        if case .whole(let glob) = self { glob.literal } else { nil }
    }

    /// Whether an address without its brackets matches; nil if a list has to be asked.
    ///
    /// It allocates nothing. What follows the last `@` is the domain.
    public func matches(_ address: RawSpan) -> Bool? {
        switch self {
        case .whole(let glob): return glob.matches(address)
        case .domain(let glob):
            guard let start = AddressPattern.startOfDomain(in: address) else { return false }
            return glob.matches(address.extracting(start..<address.byteCount))
        case .list: return nil
        }
    }

    /// The offset after the last `@`; nil if there is none.
    public static func startOfDomain(in address: RawSpan) -> Int? {
        var offset = address.byteCount
        while offset > 0 {
            let byte = address.unsafeLoad(fromUncheckedByteOffset: offset - 1, as: UInt8.self)
            if byte == UInt8(ascii: "@") { return offset }
            offset -= 1
        }
        return nil
    }
}

extension AddressPattern: CustomStringConvertible, ExpressibleByStringLiteral {
    /// The pattern as it is written.
    public var description: String {
        switch self {
        case .whole(let glob): glob.description
        case .domain(let glob): "@\(glob)"
        case .list(let path): "@\(path)"
        }
    }

    /// Creates a pattern as a rule writes it.
    public init(_ text: String) {
        if text.hasPrefix("@/") {
            self = .list(path: String(text.dropFirst()))
        } else if text.hasPrefix("@") {
            self = .domain(Glob(String(text.dropFirst())))
        } else {
            self = .whole(Glob(text))
        }
    }

    /// Creates a pattern of a literal.
    public init(stringLiteral text: String) {
        self.init(text)
    }
}
