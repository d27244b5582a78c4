extension MIMEMessage {
    /// The names of all repairs that the message took, and of all limits that it reached.
    ///
    /// This decodes all of the message, and costs time linear in its size, each time.
    public var defects: [Defect] {
        var found = tree.defects
        checkLineEnds(&found)
        for field in tree.fields { checkWords(of: field, &found) }
        for index in tree.nodes.indices { check(Part(tree: tree, index: index), &found) }
        for name in ["from", "sender", "reply-to", "to", "cc", "bcc"] {
            _ = addresses(name, &found)
        }
        for name in ["from", "sender", "subject", "date", "message-id"]
        where root.fields(name).count > 1 {
            found.insert(.duplicateHeader)
        }
        if date == nil, !root.fields("date").isEmpty { found.insert(.badDate) }
        return Defect.allCases.filter(found.contains)
    }

    private func checkLineEnds(_ found: inout Defects) {
        let bytes = content.span
        var isAfterCR = false
        for index in bytes.indices {
            if bytes[index] == 0x0A, !isAfterCR { found.insert(.bareLF) }
            if isAfterCR, bytes[index] != 0x0A { found.insert(.bareCR) }
            isAfterCR = bytes[index] == 0x0D
        }
        if isAfterCR { found.insert(.bareCR) }
    }

    private func checkWords(of field: FieldRange, _ found: inout Defects) {
        let value = root.value(of: field)
        if value.contains(where: { $0 >= 0x80 }) { found.insert(.rawHeader) }
        _ = EncodedWords.decode(value, defects: &found)
    }

    private func check(_ part: Part, _ found: inout Defects) {
        for name in ["content-type", "content-transfer-encoding", "content-disposition"]
        where part.fields(name).count > 1 {
            found.insert(.duplicateHeader)
        }
        _ = part.type(&found)?.parameters.mapValues { $0.text(&found) }
        _ = part.placement(&found)?.parameters.mapValues { $0.text(&found) }
        if part.node.type.isMultipart {
            // Without its bytes, which those around it have, too.
            if TransferEncoding(part.encodingName) != .identity { found.insert(.encodedMultipart) }
        } else if part.contentType.hasPrefix("text/") {
            _ = part.decodedText(&found)
        } else {
            _ = part.decodedBytes(&found)
        }
    }
}
