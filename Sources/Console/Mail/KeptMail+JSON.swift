internal import BlackholeInbox
internal import BlackholeSMTP

extension KeptMail {
    /// Mailpit's MessageSummary.
    var summary: JSON {
        var members = common
        members["Read"] = .bool(isRead)
        members["Created"] = .string(entry.at.description)
        members["Attachments"] = .integer(message?.mime.attachments.count ?? 0)
        members["Snippet"] = .string(snippet)
        return .object(members)
    }

    /// Mailpit's Message, with what was repaired when it was read.
    var details: JSON {
        let mime = message?.mime
        var members = common
        // Clients of older versions of Mailpit ask for it.
        members["Read"] = true
        let path = mime?["Return-Path"].map { $0.trimmed("<> ") } ?? ""
        members["ReturnPath"] = .string(path.isEmpty ? from?.address ?? "" : path)
        members["ListUnsubscribe"] = listUnsubscribe
        members["Date"] = .string(mime?.date?.description ?? entry.at.description)
        members["Text"] = .string(mime?.text ?? "")
        members["HTML"] = .string(mime?.html ?? "")
        members["Inline"] = .array(mime?.inlineParts.map(\.json) ?? [])
        members["Attachments"] = .array(mime?.attachments.map(\.json) ?? [])
        members["Defects"] = JSON(mime?.defects.map(\.rawValue) ?? [])
        return .object(members)
    }

    private var common: [String: JSON] {
        let mime = message?.mime
        return [
            "ID": .string(entry.id), "MessageID": .string(mime?.messageID ?? ""),
            "From": from.map(\.json) ?? .null, "To": .array(to.map(\.json)),
            "Cc": .array(cc.map(\.json)), "Bcc": .array(bcc.map(\.json)),
            "ReplyTo": .array(mime?.replyTo.map(\.json) ?? []),
            "Subject": .string(entry.subject ?? ""), "Username": .string(entry.user ?? ""),
            "Tags": [], "Size": .integer(entry.size),
        ]
    }

    /// The header fields by their names, in Go's canonical form.
    ///
    /// Delivered-To stands for the recipients of the envelope, where no field of that name does.
    var headers: JSON {
        var fields: [String: [String]] = [:]
        for header in message?.mime.headers ?? [] {
            fields[header.name.canonicalFieldName, default: []].append(header.decoded)
        }
        if fields["Delivered-To"] == nil { fields["Delivered-To"] = entry.recipients }
        return .object(fields.mapValues { JSON($0) })
    }

    private var listUnsubscribe: JSON {
        let header = message?.mime["List-Unsubscribe"] ?? ""
        let links = header.split(separator: ",").map { $0.trimmed("<> \t") }.filter { !$0.isEmpty }
        return [
            "Header": .string(header), "Links": JSON(links), "Errors": "",
            "HeaderPost": .string(message?.mime["List-Unsubscribe-Post"] ?? ""),
        ]
    }
}

extension MIMEMessage.Address {
    /// Mailpit's Address.
    fileprivate var json: JSON { ["Name": .string(name), "Address": .string(address)] }
}

extension MIMEMessage.Part {
    /// Mailpit's Attachment.
    fileprivate var json: JSON {
        let bytes = bytes
        return [
            "PartID": .string(id), "FileName": .string(fileName ?? contentID ?? ""),
            "ContentType": .string(contentType), "ContentID": .string(contentID ?? ""),
            "Size": .integer(bytes.count),
            "Checksums": [
                "MD5": .string(Checksum.md5.text(of: bytes)),
                "SHA1": .string(Checksum.sha1.text(of: bytes)),
                "SHA256": .string(Checksum.sha256.text(of: bytes)),
            ],
        ]
    }
}

extension [UInt8] {
    /// The bytes as pairs of hexadecimal digits.
    fileprivate var hexadecimal: String {
        map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

extension StringProtocol {
    /// The text without such characters around it.
    fileprivate func trimmed(_ characters: String) -> String {
        var rest = self[...]
        while let first = rest.first, characters.contains(first) { rest = rest.dropFirst() }
        while let last = rest.last, characters.contains(last) { rest = rest.dropLast() }
        return String(rest)
    }
}

extension String {
    /// A field's name with a capital at the start of each word, and no other: `Message-Id`.
    fileprivate var canonicalFieldName: String {
        split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
            .joined(separator: "-")
    }
}
