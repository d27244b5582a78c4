/// Messages that are well-formed enough to be accepted, and otherwise as a hostile sender would have them.
enum OddMessage: CaseIterable {
    case huge, manyParts, hostileHTML, controlCharacters

    /// The content, with CRLF at its end.
    var content: [UInt8] {
        switch self {
        case .huge:
            let line = Array((String(repeating: "x", count: 998) + "\r\n").utf8)
            var content = Array("Subject: huge\r\n\r\n".utf8)
            content.reserveCapacity(100_000 * line.count + content.count)
            for _ in 0..<100_000 { content += line }
            return content
        case .manyParts:
            return multipart((1...10_000).map { "X-Part: \($0)\r\n\r\npart \($0)" })
        case .hostileHTML:
            return multipart([
                "Content-Type: text/html\r\n\r\n<html><meta http-equiv=refresh content='0;url=//x.example'>"
                    + "<script>fetch('/api/rules',{method:'PUT',body:''})</script>"
                    + "<img src=x onerror=alert(1)><iframe srcdoc='<script>1</script>'></iframe></html>",
                "Content-Type: image/svg+xml; name=\"<script>.svg\"\r\n\r\n<svg onload='alert(1)'/>",
            ])
        case .controlCharacters:
            return multipart([
                "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; "
                    + "filename=\"a\u{1}\u{7F}\u{1B}[2J\u{0}..\\\\..\\/x\"\r\nX-Odd: \u{2}\u{B}\r\n\r\nx",
                "Content-Type: text/plain; name*=utf-8''a%0D%0Ainjected:%20yes\r\n\r\nx",
            ])
        }
    }

    /// How many attachments a reader finds.
    var attachments: Int {
        switch self {
        case .huge: 0
        case .manyParts: 0
        case .hostileHTML: 1
        case .controlCharacters: 2
        }
    }

    private func multipart(_ parts: [String]) -> [UInt8] {
        var text = "Subject: odd \u{1}\u{8}\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        for part in parts { text += "--b\r\n\(part)\r\n" }
        return Array((text + "--b--\r\n").utf8)
    }
}
