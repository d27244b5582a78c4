internal import BlackholeHTTP
internal import BlackholeInbox
internal import BlackholeSMTP

/// Mailpit's views of one message.
enum MailRoutes {
    static let message: Route.Handler = { call throws(Problem) in
        var query = call.query
        let mail = try find(call, try call.capture(0), &query)
        try query.finish()
        if !call.isIdle { call.console.board.mark([mail.entry.id], isRead: true) }
        return .response(.json(mail.details))
    }

    static let headers: Route.Handler = { call throws(Problem) in
        var query = call.query
        let mail = try find(call, try call.capture(0), &query)
        try query.finish()
        return .response(.json(mail.headers))
    }

    static let raw: Route.Handler = { call throws(Problem) in
        var query = call.query
        let isDownload = try query.flag("dl")
        let mail = try find(call, try call.capture(0), &query)
        try query.finish()
        guard let message = mail.message else { throw .notKept }
        var response = HTTPResponse(
            200, ["content-type": "text/plain; charset=utf-8"], body: message.content)
        if isDownload {
            response.fields.append(
                "content-disposition", Disposition.attachment("\(mail.entry.id).eml"))
        }
        return .response(response)
    }

    static let part: Route.Handler = { call throws(Problem) in
        var query = call.query
        let isDownload = try query.flag("dl")
        let mail = try find(call, try call.capture(0), &query)
        try query.finish()
        guard let mime = mail.message?.mime else { throw .notKept }
        let id = try call.capture(1)
        guard let part = id == "0" ? mime.root : mime.part(id) else { throw .notFound }
        let type = MediaType(part.contentType)
        let name = part.fileName ?? part.contentID
        var response = HTTPResponse(200, body: part.bytes)
        response.fields.append("content-type", type.field(charset: part.charset))
        response.fields.append(
            "content-disposition",
            type.isActive || isDownload ? Disposition.attachment(name) : Disposition.inline(name))
        response.fields.append("content-security-policy", ContentPolicy.message)
        return .response(response)
    }

    static let view: Route.Handler = { call throws(Problem) in
        var query = call.query
        _ = try query.flag("embed")
        let name = try call.capture(0)
        guard let dot = name.lastIndex(of: ".") else { throw .notFound }
        let mail = try find(call, String(name[..<dot]), &query)
        try query.finish()
        guard let mime = mail.message?.mime else { throw .notKept }
        switch name[name.index(after: dot)...] {
        case "html":
            let html = mime.html
            guard !html.isEmpty else { throw .notFound }
            return .response(
                HTTPResponse(
                    200,
                    [
                        "content-type": "text/html; charset=utf-8",
                        "content-security-policy": ContentPolicy.message,
                    ], body: Array(shown(html, mime).utf8)))
        case "txt":
            let text = mime.text
            guard !text.isEmpty else { throw .notFound }
            var response = HTTPResponse.text(200, text)
            response.fields.append("content-security-policy", ContentPolicy.message)
            return .response(response)
        default: throw .notFound
        }
    }

    /// The message that a path names, or the newest one that parameters leave.
    private static func find(
        _ call: Call, _ id: String, _ query: inout Query
    ) throws(Problem) -> KeptMail {
        let mail =
            id == "latest"
            ? try Mailbox.latest(&query, of: call.console) : call.console.board.mail(id)
        guard let mail else { throw .notFound }
        return mail
    }

    /// HTML with the parts that it names.
    private static func shown(_ html: String, _ mime: MIMEMessage) -> String {
        var parts: [String: MIMEMessage.Part] = [:]
        for part in mime.inlineParts + mime.attachments {
            if let id = part.contentID, parts[id] == nil { parts[id] = part }
        }
        var encoded: [String: (type: String, base64: String)] = [:]
        return HTMLText.shown(html) { id in
            if let known = encoded[id] { return known }
            guard let part = parts[id] else { return nil }
            let made = (MediaType(part.contentType).text, Base64.encode(part.bytes))
            encoded[id] = made
            return made
        }
    }
}

extension Problem {
    fileprivate static let notKept = Problem(404, "the content of this message was not kept")
}

/// The type of a part, as a sender named it.
struct MediaType {
    /// `type/subtype`; `application/octet-stream` where it is malformed.
    let text: String

    init(_ name: String) {
        let name = name.lowercased()
        let halves = name.split(separator: "/", omittingEmptySubsequences: false)
        let isWellFormed =
            halves.count == 2
            && halves.allSatisfy { half in
                1...100 ~= half.utf8.count
                    && half.utf8.allSatisfy {
                        0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 || "!#$&-^_.+".utf8.contains($0)
                    }
            }
        text = isWellFormed ? name : "application/octet-stream"
    }

    /// Whether a browser would run what is in it.
    var isActive: Bool {
        text.hasSuffix("html") || text.hasSuffix("xml") || text.contains("svg")
            || text.contains("javascript")
    }

    /// The type with a charset, if it is one of text.
    func field(charset: String?) -> String {
        guard text.hasPrefix("text/"), let charset,
            1...40 ~= charset.utf8.count,
            charset.utf8.allSatisfy({
                0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 | 0x20 || "-_.:".utf8.contains($0)
            })
        else { return text }
        return "\(text); charset=\(charset)"
    }
}
