/// A message as its reader shows it: header fields, addresses, text, parts (RFC 5322, RFC 2045 to 2049).
///
/// Any bytes are a message: what is broken is repaired or left as it is, and ``defects`` names it.
/// Making one finds the fields and the parts, in time linear in the size of the content; everything else
/// is decoded when it is asked for, again each time. Copies share the content.
public struct MIMEMessage: Sendable {
    let tree: PartTree

    /// Reads a message; it keeps the bytes that it is given and copies none.
    ///
    /// Lines end at CRLF, and also at a bare LF or CR.
    public init(_ content: [UInt8], limits: Limits = .standard) {
        tree = PartTreeReader.read(content, limits: limits)
    }

    /// The bytes that were read.
    public var content: [UInt8] { tree.content }

    /// The bounds that the message was read with.
    public var limits: Limits { tree.limits }

    /// The part that is the whole message.
    public var root: Part { Part(tree: tree, index: 0) }

    /// The parts in the order of the content, each before its own parts.
    ///
    /// A message that is not multipart is a single part, `"0"`; otherwise the message itself is not
    /// among them.
    public var parts: [Part] {
        let first = tree.nodes.count > 1 ? 1 : 0
        return (first..<tree.nodes.count).map { Part(tree: tree, index: $0) }
    }

    /// Returns the part with an id, such as `"1.2"`; nil if there is none.
    public func part(_ id: String) -> Part? { parts.first { $0.id == id } }
}

extension MIMEMessage: CustomStringConvertible {
    /// `"Hello" from Ann <ann@example.org>, 3 parts, 420 bytes`.
    public var description: String {
        let sender = from.map(\.description).joined(separator: ", ")
        let noun = parts.count == 1 ? "part" : "parts"
        return "\"\(subject)\" from \(sender), \(parts.count) \(noun), \(content.count) bytes"
    }
}
