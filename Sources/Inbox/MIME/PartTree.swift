/// What reading a message has found: ranges of its content.
final class PartTree: Sendable {
    let content: [UInt8]
    let limits: MIMEMessage.Limits
    /// The parts, each before its own; the first is the message.
    let nodes: [PartNode]
    /// The fields of all header sections.
    let fields: [FieldRange]
    let defects: Defects

    init(
        content: [UInt8], limits: MIMEMessage.Limits, nodes: [PartNode], fields: [FieldRange],
        defects: Defects
    ) {
        self.content = content
        self.limits = limits
        self.nodes = nodes
        self.fields = fields
        self.defects = defects
    }
}

/// A part of a message.
struct PartNode {
    let parent: Int?
    let level: Int
    /// Its place among the parts of its parent, from 1.
    let number: Int
    /// Which of the tree's fields are its own.
    var fields: Range<Int>
    /// Where its body lies in the content.
    var body: Range<Int>
    var type = MediaType()
    var children: [Int] = []
}

/// The name of a media type, such as `text/plain`, in small letters, and what it may mean for a tree.
struct MediaType: Equatable {
    var name = "text/plain"

    var isMultipart: Bool { name.hasPrefix("multipart/") }
    /// A message that is read only when it is asked for (RFC 2046 §5.2.1, RFC 6532 §3.7).
    var isMessage: Bool { name == "message/rfc822" || name == "message/global" }
}
