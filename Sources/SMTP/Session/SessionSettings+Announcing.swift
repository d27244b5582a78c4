extension SessionSettings {
    /// Returns whether the reply to EHLO announces a keyword, in any case.
    package func announces(_ keyword: String, _ security: Security) -> Bool {
        let keyword = keyword.uppercased()
        let lines = String(decoding: extendedHello(security), as: UTF8.self).split(
            separator: "\r\n")
        return lines.dropFirst().contains { line in
            line.dropFirst(4).prefix { $0 != " " }.uppercased() == keyword
        }
    }
}
