internal import BlackholeSMTP
internal import Glibc

/// What placeholders stand for when a rule fires.
struct PlaceholderValues: ~Copyable {
    let session: RuleSession
    let stage: Stage
    let count: UInt64
    let id: MessageID?

    /// Changes what EHLO announces, at the stages before its reply.
    func append(_ edit: KeywordEdit) {
        switch stage {
        case .connect, .hello, .startTLS: session.effects.keywordEdits.append(edit)
        default: break
        }
    }

    /// Returns a text with its placeholders filled in, once.
    func text(_ template: TextTemplate, _ recipient: RawSpan) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in template.parts {
            switch part {
            case .literal(let literal): bytes += literal
            case .placeholder(let placeholder): append(placeholder, recipient, to: &bytes)
            }
        }
        return bytes
    }

    private func append(
        _ placeholder: Placeholder, _ recipient: RawSpan, to bytes: inout [UInt8]
    ) {
        switch placeholder {
        case .address: append(session.peerText, to: &bytes)
        case .hello: append(session.texts.hello, to: &bytes)
        case .sender: append(session.texts.sender, to: &bytes)
        case .recipient, .recipientDomain:
            var text = session.texts.recipient[...]
            if stage == .recipient { text = recipient.withUnsafeBytes { Array($0)[...] } }
            if placeholder == .recipientDomain {
                let place = text.lastIndex(of: UInt8(ascii: "@"))
                text = place.map { text[($0 + 1)...] } ?? []
            }
            append(text, to: &bytes)
        case .host: append(session.program.host, to: &bytes)
        case .id:
            if let id { bytes += "\(id)".utf8 } else { append(session.id, to: &bytes) }
        case .date: bytes += PlaceholderValues.date(time(nil)).utf8
        case .size:
            let isContent = stage == .content || stage == .message
            bytes += "\(isContent ? session.bytes : session.size ?? 0)".utf8
        case .count: bytes += "\(count)".utf8
        }
    }

    private func append(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        for byte in text where byte >= 0x20 && byte != 0x7F { bytes.append(byte) }
    }

    /// A time as RFC 5322 §3.3 writes it, in UTC.
    static func date(_ time: time_t) -> String {
        var time = time
        var parts = tm()
        gmtime_r(&time, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
            + "\(parts.tm_year + 1900) \(two(parts.tm_hour)):\(two(parts.tm_min)):"
            + "\(two(parts.tm_sec)) +0000"
    }
}
