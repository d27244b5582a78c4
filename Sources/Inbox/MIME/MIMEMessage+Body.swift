extension MIMEMessage {
    /// The text: the first text/plain part that is no attachment, decoded, with LF at the ends of lines.
    ///
    /// It is that of the first alternative, and further text parts beside it follow in their order. It
    /// is empty for a message that has HTML alone.
    public var text: String { joined(.text) }

    /// The HTML: the first text/html part that is no attachment, decoded, likewise.
    public var html: String { joined(.html) }

    /// The parts that are neither text nor HTML of the message nor inline: those with the disposition
    /// `attachment` or with a file name, whole messages, and whatever has another type.
    public var attachments: [Part] { parts(.attachment) }

    /// The parts that the HTML may show: with a Content-ID, and inline or within multipart/related.
    public var inlineParts: [Part] { parts(.inline) }

    private func parts(_ role: PartRole) -> [Part] {
        let roles = PartRole.roles(in: tree)
        return roles.indices.filter { roles[$0] == role }.map { Part(tree: tree, index: $0) }
    }

    private func joined(_ role: PartRole) -> String {
        var text = ""
        for part in parts(role) {
            if !text.isEmpty, text.utf8.last != 0x0A { text += "\n" }
            text += part.text
        }
        return text
    }
}
