extension MIMEMessage {
    /// A part of a message, which may have parts of its own (RFC 2045 §2.5).
    ///
    /// It shares the content of its message. What it says is read from there each time, at a cost
    /// that is linear in the size of its header or its body.
    public struct Part: Sendable {
        let tree: PartTree
        let index: Int

        var node: PartNode { tree.nodes[index] }

        /// Its MIME path, `"1.2"` for the second part of the first part; `"0"` for the whole message.
        public var id: String {
            var numbers: [String] = []
            var node = node
            while let parent = node.parent {
                numbers.append(String(node.number))
                node = tree.nodes[parent]
            }
            return numbers.isEmpty ? "0" : numbers.reversed().joined(separator: ".")
        }

        /// Its media type in small letters, such as `text/plain`, without parameters.
        ///
        /// It is `text/plain` where none can be read (RFC 2045 §5.2), and where a multipart has no
        /// boundaries.
        public var contentType: String { node.type.name }

        /// The parts that it is made of.
        public var parts: [Part] { node.children.map { Part(tree: tree, index: $0) } }

        /// Where its body lies in the content of the message, as it was sent.
        public var contentRange: Range<Int> { node.body }

        /// Its body as it was sent, encoded or not; a slice of the content of the message.
        public var rawBytes: ArraySlice<UInt8> { tree.content[node.body] }

        /// Its body, decoded; that of a multipart is as it was sent (RFC 2045 §6.4).
        ///
        /// Whatever is broken is decoded as far as that goes: bytes outside of base64 are skipped, and
        /// an unknown transfer encoding leaves the bytes as they are.
        public var bytes: [UInt8] {
            var defects: Defects = []
            return decodedBytes(&defects)
        }

        /// Its body as text, by its charset, with LF at the ends of lines.
        ///
        /// Without a charset it is UTF-8; HTML may name it in a `meta` element. What is wrong in the
        /// charset is U+FFFD. The text is as it was sent where `format=flowed` has broken lines.
        public var text: String {
            var defects: Defects = []
            return decodedText(&defects)
        }

        /// The message that it is, with ids and limits of its own; nil if it is not `message/rfc822`.
        public var message: MIMEMessage? {
            node.type.isMessage ? MIMEMessage(bytes, limits: tree.limits) : nil
        }
    }
}

extension MIMEMessage.Part: CustomStringConvertible {
    /// `1.2 application/pdf "a.pdf", 420 bytes`, by the size as sent.
    public var description: String {
        let name = fileName.map { " \"\($0)\"" } ?? ""
        return "\(id) \(contentType)\(name), \(rawBytes.count) bytes"
    }
}
