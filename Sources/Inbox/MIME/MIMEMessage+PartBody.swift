extension MIMEMessage.Part {
    func decodedBytes(_ defects: inout Defects) -> [UInt8] {
        let encoding = TransferEncoding(encodingName)
        if node.type.isMultipart { return Array(rawBytes) }
        if node.type.isMessage, encoding != .identity { defects.insert(.encodedMessage) }
        return encoding.decode(rawBytes, defects: &defects)
    }

    func decodedText(_ defects: inout Defects) -> String {
        let bytes = decodedBytes(&defects)
        let label = charset.map { Array($0.utf8) } ?? metaCharset(in: bytes)
        let text = NamedText.decode(bytes, label: label, defects: &defects)
        return withLineFeeds(text)
    }

    /// What HTML says of its charset in its first 1,024 bytes; empty if it says nothing.
    private func metaCharset(in bytes: [UInt8]) -> [UInt8] {
        guard node.type.name == "text/html" else { return [] }
        let start = bytes.prefix(1024).map(\.lowercased)
        guard let meta = start.firstRange(of: Array("<meta".utf8)),
            let name = start[meta.upperBound...].firstRange(of: Array("charset=".utf8))
        else { return [] }
        let value = start[name.upperBound...].drop {
            $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'")
        }
        let label = value.prefix { $0 > 0x20 && !Array("\"'/>;".utf8).contains($0) }
        // A document whose meta element could be read is not in UTF-16 (HTML §13.2.3.2).
        return label.starts(with: "utf-16".utf8) ? [] : Array(label)
    }

    private func withLineFeeds(_ text: String) -> String {
        guard text.utf8.contains(0x0D) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var isAfterCR = false
        for byte in text.utf8 {
            if !(isAfterCR && byte == 0x0A) { bytes.append(byte == 0x0D ? 0x0A : byte) }
            isAfterCR = byte == 0x0D
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
