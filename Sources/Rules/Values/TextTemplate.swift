/// A text with placeholders.
///
/// Two texts with the same bytes and placeholders are equal, however they were put together.
public struct TextTemplate: Hashable, Sendable {
    /// A part of a text.
    public enum Part: Hashable, Sendable {
        /// Bytes as they are.
        case literal([UInt8])
        /// What is put in when the text is used.
        case placeholder(Placeholder)

        /// Hashes what makes two of them equal.
        public func hash(into hasher: inout Hasher) {
            switch self {
            // All at once: byte by byte, this would be most of the work of reading a file.
            case .literal(let bytes): bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
            case .placeholder(let placeholder): hasher.combine(placeholder)
            }
        }
    }

    /// The parts: no literal is empty, and no two follow each other.
    public private(set) var parts: [Part] = []

    /// Creates a text of parts.
    public init(_ parts: [Part] = []) {
        for part in parts {
            switch part {
            case .literal(let bytes): append(bytes)
            case .placeholder(let placeholder): append(placeholder)
            }
        }
    }

    /// Creates a text without placeholders.
    public init(_ text: String) {
        append(Array(text.utf8))
    }

    /// Whether nothing is in it.
    public var isEmpty: Bool { parts.isEmpty }

    /// Whether no placeholder is in it.
    public var isLiteral: Bool { parts.isEmpty || parts.count == 1 && firstBytes != nil }

    /// The placeholders, as often as they are in it.
    public var placeholders: [Placeholder] {
        parts.compactMap { if case .placeholder(let placeholder) = $0 { placeholder } else { nil } }
    }

    /// The bytes before the first placeholder; nil if there are none.
    var firstBytes: [UInt8]? {
        if case .literal(let bytes)? = parts.first { bytes } else { nil }
    }

    /// The last byte, if it is not a placeholder's.
    var lastByte: UInt8? {
        if case .literal(let bytes)? = parts.last { bytes.last } else { nil }
    }

    mutating func append(_ byte: UInt8) {
        append(CollectionOfOne(byte))
    }

    mutating func append(_ bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return }
        if case .literal(var last)? = parts.last {
            // Taken out first, so that the array is not copied for each byte.
            parts.removeLast()
            last += bytes
            parts.append(.literal(last))
        } else {
            parts.append(.literal(Array(bytes)))
        }
    }

    mutating func append(_ placeholder: Placeholder) {
        parts.append(.placeholder(placeholder))
    }

    /// The text without its first bytes.
    func dropping(_ count: Int) -> TextTemplate {
        guard let bytes = firstBytes else { return self }
        return TextTemplate([.literal(Array(bytes.dropFirst(count)))] + parts.dropFirst())
    }
}
