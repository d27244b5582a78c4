internal import BlackholeInbox

extension KeptMail {
    /// Who has written it; the reverse-path where there is no content.
    var from: MIMEMessage.Address? {
        guard let message else {
            return entry.sender.isEmpty ? nil : MIMEMessage.Address(entry.sender)
        }
        return message.mime.from.first
    }

    /// Whom it is to; the recipients of the envelope where there is no content.
    var to: [MIMEMessage.Address] {
        message?.mime.to ?? entry.recipients.map { MIMEMessage.Address($0) }
    }

    var cc: [MIMEMessage.Address] { message?.mime.cc ?? [] }

    /// Those of its Bcc field, and recipients of the envelope whom no field names.
    var bcc: [MIMEMessage.Address] {
        guard let mime = message?.mime else { return [] }
        let named = mime.bcc
        let all = Set((mime.to + mime.cc + named).map { $0.address.lowercased() })
        return named
            + entry.recipients.filter { !all.contains($0.lowercased()) }
            .map { MIMEMessage.Address($0) }
    }

    /// The beginning of what can be read: up to 200 bytes, and dots where there is more.
    var snippet: String {
        guard let mime = message?.mime else { return "" }
        let html = mime.html
        let words = (html.isEmpty ? mime.text : HTMLText.plain(html))
            .split { $0.isWhitespace }
        var snippet = ""
        for word in words {
            if !snippet.isEmpty { snippet += " " }
            snippet += word
            if snippet.utf8.count > 200 { break }
        }
        guard snippet.utf8.count > 200 else { return snippet }
        while snippet.utf8.count > 200 { snippet.removeLast() }
        return snippet + "..."
    }
}
