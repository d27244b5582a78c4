import BlackholeInbox

/// Any bytes are a message, and what is read of it is what a naive reader sees, or what was written.
public final class MIMEBody: FuzzBody {
    /// Makes a body.
    public init() {}

    /// The input: a byte that chooses, then a message, a body, choices for a message that is written, or text in
    /// a charset.
    public func run(_ input: RawSpan) {
        var choices = Choices()
        let choice = choices.byte(of: input)
        let bytes = Array(input, choices.rest(of: input))
        switch choice & 7 {
        case 0: checkTree(bytes)
        case 1: checkLimits(bytes)
        case 2: checkWritten(bytes)
        case 3: checkBody(bytes, "quoted-printable", NaiveEncodings.quotedPrintable)
        case 4: checkBody(bytes, "base64", NaiveEncodings.base64)
        case 5: checkCharset(bytes)
        case 6: checkFields(bytes)
        default: checkNothingLeaks(bytes)
        }
    }

    // MARK: The tree

    private func checkTree(_ bytes: [UInt8]) {
        let message = MIMEMessage(bytes)
        check(message)
        // How a boundary is spelt is the naive reader's question to the reader; it asks in ASCII alone.
        guard bytes.allSatisfy({ $0 < 0x80 }), !bytes.contains(UInt8(ascii: "*")),
            !bytes.contains(UInt8(ascii: "?"))
        else { return }
        compare(message.root, NaiveMIME(bytes).root)
    }

    private func compare(_ part: MIMEMessage.Part, _ naive: NaiveMIME.Part) {
        require(
            part.headers.map { [Array($0.name.utf8), $0.rawValue] } == naive.headers,
            "the fields of \(part.id) are the naive reader's")
        require(part.contentType == naive.type, "so is its type: \(naive.type)")
        require(part.contentRange == naive.body, "so is its body: \(naive.body)")
        require(part.parts.count == naive.parts.count, "so are its parts: \(naive.parts.count)")
        for (part, naive) in zip(part.parts, naive.parts) { compare(part, naive) }
    }

    /// What holds for all messages.
    private func check(_ message: MIMEMessage) {
        let parts = message.parts
        let root = message.root
        require(root.contentRange.upperBound <= message.content.count, "a body is in the content")
        checkParts(of: root, path: [])
        let all = descendants(of: root)
        require(
            parts.map(\.id) == (all.isEmpty ? ["0"] : all.map(\.id)),
            "parts come before their own, and a message without any is one")
        require(Set(parts.map(\.id)).count == parts.count, "each id is one part's")
        for part in parts.prefix(50) {
            require(message.part(part.id)?.contentRange == part.contentRange, "ids find parts")
            check(part)
        }
        let shown = (message.attachments + message.inlineParts).map(\.id)
        require(Set(shown).count == shown.count, "a part is shown once")
        require(shown.allSatisfy(parts.map(\.id).contains), "what is shown is a part")
        let utf8 = [message.text, message.html, message.subject].map(\.utf8.count)
        require(utf8.allSatisfy { $0 <= 3 * message.content.count }, "text does not grow")
        let addresses = message.from + message.to + message.cc + message.bcc + message.replyTo
        require(addresses.count <= 5 * message.limits.addresses, "addresses are bounded")
        let again = MIMEMessage(message.content, limits: message.limits)
        require(message.defects == again.defects, "defects are the same twice")
        _ = (message.sender, message.messageID, message.date?.description, message.description)
    }

    private func checkParts(of part: MIMEMessage.Part, path: [Int]) {
        require(
            part.id == (path.isEmpty ? "0" : path.map(String.init).joined(separator: ".")),
            "an id is a path")
        var end = part.contentRange.lowerBound
        for (index, child) in part.parts.enumerated() {
            require(child.contentRange.lowerBound >= end, "parts do not overlap")
            end = child.contentRange.upperBound
            checkParts(of: child, path: path + [index + 1])
        }
        require(end <= part.contentRange.upperBound, "parts lie within that which they are of")
        let isMultipart = part.contentType.hasPrefix("multipart/")
        require(part.parts.isEmpty || isMultipart, "only a multipart has parts")
    }

    private func descendants(of part: MIMEMessage.Part) -> [MIMEMessage.Part] {
        part.parts.flatMap { [$0] + descendants(of: $0) }
    }

    private func check(_ part: MIMEMessage.Part) {
        let bytes = part.bytes
        require(bytes == part.bytes, "a part is decoded the same twice")
        require(bytes.count <= part.rawBytes.count + 3, "bytes do not grow")
        let text = part.text
        require(Array(text.utf8) == Array(part.text.utf8), "so is its text")
        require(!text.utf8.contains(0x0D) || part.charset != nil, "lines end at LF")
        require(part.fileName != "", "a file's name is not empty")
        let type = part.contentType
        require(type == type.lowercased() || !type.utf8.allSatisfy { $0 < 0x80 }, "small letters")
        _ = (part.parameters, part.disposition, part.contentID, part.contentLocation)
        _ = (part.description, part.message?.parts.count, part.transferEncoding)
    }

    // MARK: What was written

    private func checkWritten(_ bytes: [UInt8]) {
        let written = WrittenMessage(bytes)
        let message = MIMEMessage(written.content)
        check(message)
        require(Array(message.subject.utf8) == Array(written.subject.utf8), "the subject is read")
        let to = message.to.map { [$0.name, $0.address] }
        require(to == written.to, "addresses are read: \(to)")
        require(message.date?.secondsSince1970 == written.date, "the date is read")
        compare(message.root, written.root)
        // Names and texts are any bytes.
        let defects = Set(message.defects).subtracting([.rawHeader, .badCharacters])
        require(defects.isEmpty, "nothing was repaired: \(defects)")
    }

    private func compare(_ part: MIMEMessage.Part, _ written: WrittenMessage.Part) {
        require(part.contentType == written.type, "the type of \(part.id) is read")
        require(part.fileName == written.fileName, "so is a file's name")
        require(part.disposition == (written.fileName == nil ? nil : "attachment"), "and its place")
        require(part.contentID == written.contentID, "so is its Content-ID")
        require(part.parts.count == written.parts.count, "so are its parts")
        if written.parts.isEmpty { require(part.bytes == written.bytes, "so is its body") }
        for (part, written) in zip(part.parts, written.parts) { compare(part, written) }
    }

    // MARK: Limits

    /// Reads a message within narrow limits, which its first bytes name.
    private func checkLimits(_ bytes: [UInt8]) {
        var limits = MIMEMessage.Limits()
        let numbers = bytes.prefix(5).map { Int($0 & 15) } + [1, 1, 1, 1, 1]
        limits.levels = 1 + numbers[0] % 4
        limits.parts = 1 + numbers[1]
        limits.headerBytes = 10 * numbers[2]
        limits.fields = numbers[3]
        limits.addresses = numbers[4]
        let content = Array(bytes.dropFirst(5))
        let message = MIMEMessage(content, limits: limits)
        check(message)
        let all = [message.root] + descendants(of: message.root)
        let depth = all.map { $0.id == "0" ? 1 : $0.id.split(separator: ".").count + 1 }.max() ?? 1
        require(depth <= limits.levels, "levels are bounded")
        require(all.count <= limits.parts, "parts are bounded")
        for part in all {
            require(part.headers.count <= limits.fields, "fields are bounded")
            let size = part.headers.reduce(0) { $0 + $1.name.utf8.count + $1.rawValue.count }
            require(size <= limits.headerBytes, "the size of a header section is bounded")
        }
        for addresses in [message.from, message.to, message.cc, message.bcc] {
            require(addresses.count <= limits.addresses, "addresses are bounded")
        }
        let named = Set(message.defects)
        let isBounded = !named.isDisjoint(
            with: [.tooDeep, .tooManyParts, .headerTooLarge, .tooManyFields, .tooManyAddresses])
        let free = MIMEMessage(content)
        let isSame =
            message.parts.map(\.contentRange) == free.parts.map(\.contentRange)
            && message.to == free.to && message.headers == free.headers
        require(isBounded || isSame, "a limit that was reached is named")
    }

    // MARK: Bodies and fields

    private func checkBody(_ bytes: [UInt8], _ name: String, _ naive: ([UInt8]) -> [UInt8]) {
        let header = "Content-Transfer-Encoding: \(name)\r\n\r\n"
        let message = MIMEMessage(Array(header.utf8) + bytes)
        require(message.root.bytes == naive(bytes), "\(name) is the naive reader's")
    }

    private static let labels = [
        "utf-8", "utf-7", "utf-16", "utf-16be", "utf-32", "utf-32be", "iso-8859-1", "iso-8859-6",
        "windows-1255", "koi8-r", "shift_jis", "euc-jp", "iso-2022-jp", "euc-kr", "gb18030", "big5",
    ]

    private func checkCharset(_ bytes: [UInt8]) {
        let index = Int(bytes.first ?? 0) & 15
        let label = Self.labels[index]
        guard let charset = Charset(label: label) else { return }
        let text = bytes.dropFirst()
        let whole = charset.decode(text)
        require(whole == charset.decode(Array(text)), "a text does not hang on the one before")
        require(whole.text.utf8.count <= 3 * text.count, "text does not grow")
        require(!whole.isRepaired || whole.text.unicodeScalars.contains("\u{FFFD}"), "repairs show")
        if text.allSatisfy({ $0 < 0x80 && $0 != 0x1B && $0 != 0x0E && $0 != 0x0F }),
            index == 0 || index >= 6
        {
            require(whole.text == String(decoding: text, as: UTF8.self), "ASCII is ASCII")
        }
        if 6...9 ~= index {
            let each = text.map { charset.decode([$0]).text }.joined()
            require(Array(whole.text.utf8) == Array(each.utf8), "a byte is a character")
        }
    }

    /// Has bytes read as the values of fields.
    private func checkFields(_ bytes: [UInt8]) {
        let names = [
            "From", "To", "Date", "Subject", "Content-Type", "Content-Disposition", "Message-ID",
            "Content-Transfer-Encoding",
        ]
        let value = bytes.filter { $0 != 0x0D && $0 != 0x0A }
        var header: [UInt8] = []
        for name in names { header += Array("\(name): ".utf8) + value + [0x0D, 0x0A] }
        let message = MIMEMessage(header + Array("\r\nbody".utf8))
        check(message)
        let root = message.root
        require(message.headers.map(\.name) == names, "each field is one")
        require(message.from == message.to, "addresses do not hang on the field")
        require(message.from.count <= value.count, "an address has a byte at least")
        for text in [message.subject, root.fileName ?? "", root.contentType] {
            require(text.utf8.count <= 3 * value.count || text == "text/plain", "nothing grows")
        }
        require(root.rawBytes.elementsEqual("body".utf8), "the body is as it was")
    }

    /// Bytes before a message do not matter to it, nor those of the parts around one.
    private func checkNothingLeaks(_ bytes: [UInt8]) {
        let boundary = "boundary that is not in there"
        guard !String(decoding: bytes, as: UTF8.self).contains(boundary) else { return }
        let head = "Content-Type: multipart/mixed; boundary=\"\(boundary)\"\r\n\r\nText\r\n"
        let mark = "--\(boundary)\r\n"
        let inner = MIMEMessage(bytes)
        let both = Array(mark.utf8) + bytes + [0x0D, 0x0A]
        let outer = MIMEMessage(Array(head.utf8) + both + both + Array("--\(boundary)--".utf8))
        require(outer.root.parts.count == 2, "both parts are there")
        // Where its header section never ends, the boundary's line end does it.
        guard inner.root.contentRange.count > 0, !inner.defects.contains(.missingSeparator) else {
            return
        }
        for part in outer.root.parts {
            require(part.headers == inner.root.headers, "a part has its own fields")
            require(part.contentType == inner.root.contentType, "and its own type")
            require(part.bytes == inner.root.bytes, "and its own body")
            require(part.parts.map(\.bytes) == inner.root.parts.map(\.bytes), "and its own parts")
        }
    }
}
