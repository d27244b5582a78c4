/// HTML, as text and for being shown.
enum HTMLText {
    /// What a reader sees, roughly: tags go, and what is within style, script and title.
    static func plain(_ html: String) -> String {
        let bytes = Array(html.utf8)
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "<") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            let name = bytes[(index + 1)...].prefix { $0.isASCIILetter }
            let hidden = ["style", "script", "title"].first { name.isName($0) }
            index = bytes[index...].firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? bytes.count
            if let hidden {
                while index < bytes.count, !bytes[index...].closes(hidden) { index += 1 }
            }
            text.append(0x20)
        }
        return unescaped(String(decoding: text, as: UTF8.self))
    }

    private static func unescaped(_ text: String) -> String {
        let entities = [
            "nbsp": " ", "lt": "<", "gt": ">", "quot": "\"", "#39": "'", "apos": "'", "amp": "&",
        ]
        let pieces = text.split(separator: "&", omittingEmptySubsequences: false)
        return pieces.dropFirst().reduce(into: String(pieces.first ?? "")) { text, piece in
            let name = piece.prefix(6).prefix { $0 != ";" }
            if let character = entities[String(name)], piece.dropFirst(name.count).first == ";" {
                text += character + piece.dropFirst(name.count + 1)
            } else {
                text += "&" + piece
            }
        }
    }

    /// The most bytes that parts add to a page.
    private static let maximumEmbedded = 32 << 20

    /// HTML that can be shown: parts that it names by `cid:` are in it as `data:`, and no element stands
    /// for a header field, so that none leads elsewhere by `refresh`.
    ///
    /// What the same part costs each time that it is named counts toward a limit; behind that, names stay.
    static func shown(_ html: String, part: (String) -> (type: String, base64: String)?) -> String {
        var shown: [UInt8] = []
        var left = maximumEmbedded
        let bytes = Array(html.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index...].prefix(10).isName("http-equiv") {
                shown += "data-http-equiv".utf8
                index += 10
                continue
            }
            if bytes[index...].prefix(4).isName("cid:") {
                let name = bytes[(index + 4)...].prefix { !"\"'<>() \t\r\n".utf8.contains($0) }
                let id = String(decoding: name.prefix(1000), as: UTF8.self)
                if left > 0, let part = part(id), part.base64.utf8.count <= left {
                    left -= part.base64.utf8.count
                    shown += "data:\(part.type);base64,\(part.base64)".utf8
                    index = name.endIndex
                    continue
                }
            }
            shown.append(bytes[index])
            index += 1
        }
        return String(decoding: shown, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isASCIILetter: Bool { 0x61...0x7A ~= self | 0x20 }
}

extension ArraySlice<UInt8> {
    /// Whether this begins with the end tag of an element.
    fileprivate func closes(_ name: String) -> Bool {
        starts(with: "</".utf8) && dropFirst(2).prefix(name.utf8.count).isName(name)
    }

    /// Whether this is a name of small ASCII letters, in any case.
    fileprivate func isName(_ name: String) -> Bool {
        count == name.utf8.count
            && zip(self, name.utf8).allSatisfy { ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1 }
    }
}
