extension Command {
    /// Whether the line belongs to an HTTP request, for a command whose verb is `unknown`.
    ///
    /// A page can have a browser send a request to any port, with SMTP commands in its body. The
    /// request line has a known method or ends with a version. The field that HTTP/1.1 requires
    /// gives away what the request line does not: one that was too long, or with a method that an
    /// SMTP verb spells.
    package func isHTTP(in line: RawSpan) -> Bool {
        for word in Command.httpWords where isVerb(word, in: line) { return true }
        var lastWord = argument.upperBound
        while lastWord > argument.lowerBound, !line[byte: lastWord - 1].isBlank { lastWord -= 1 }
        return lastWord < argument.upperBound && line.opens(with: "HTTP/", at: lastWord)
    }

    private static let httpWords: [StaticString] = [
        "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PRI",
        "HOST:",
    ]
}
