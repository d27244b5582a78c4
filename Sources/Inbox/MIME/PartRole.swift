/// What a part is to its message.
enum PartRole {
    case multipart, text, html, inline, attachment
    /// The same as the text or the HTML, in another form, so that it is neither.
    case alternative

    /// The roles of all parts, in two passes: which hold text, and then whose is taken.
    static func roles(in tree: PartTree) -> [PartRole] {
        var roles = tree.nodes.indices.map { ownRole(of: $0, in: tree) }
        for role in [PartRole.text, .html] {
            // A multipart comes before its parts.
            var holds = roles.map { $0 == role }
            for index in tree.nodes.indices.reversed() where holds[index] {
                if let parent = tree.nodes[index].parent { holds[parent] = true }
            }
            var fates = tree.nodes.map { _ in role }
            for (index, node) in tree.nodes.enumerated() {
                var isTaken = false
                for child in node.children where holds[child] {
                    fates[child] = fates[index]
                    if isTaken, node.type.name == "multipart/alternative" {
                        fates[child] = .alternative
                    } else if isTaken, node.type.name == "multipart/related" {
                        fates[child] = .attachment
                    }
                    isTaken = true
                }
                guard roles[index] == role else { continue }
                let isShown =
                    fates[index] == .attachment
                    && MIMEMessage.Part(tree: tree, index: index).contentID != nil
                roles[index] = isShown ? .inline : fates[index]
            }
        }
        return roles
    }

    /// The role of a part wherever it stands.
    private static func ownRole(of index: Int, in tree: PartTree) -> PartRole {
        let part = MIMEMessage.Part(tree: tree, index: index)
        let isOpaque = part.node.level >= tree.limits.levels
        guard !part.node.type.isMultipart || isOpaque else { return .multipart }
        let disposition = part.disposition ?? ""
        let isInline = disposition == "inline"
        let hasName = part.fileName != nil
        // RFC 2183 §2.8: a disposition that nobody knows is that of an attachment.
        if disposition.isEmpty || isInline {
            switch part.node.type.name {
            case "text/plain" where !hasName: return .text
            case "text/html" where !hasName: return .html
            default:
                let parent = part.node.parent.map { tree.nodes[$0].type.name }
                let isRelated = isInline || parent == "multipart/related"
                if isRelated, part.contentID != nil { return .inline }
            }
        }
        return .attachment
    }
}
