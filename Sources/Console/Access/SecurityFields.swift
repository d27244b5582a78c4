internal import BlackholeHTTP

extension HTTPResponse {
    /// Appends a field unless there is one of its name.
    mutating func complete(_ name: String, _ value: String) {
        if fields[name] == nil { fields.append(name, value) }
    }

    /// Appends what every response of the console has: nothing that it says may be run, framed, guessed
    /// at or kept.
    mutating func secure() {
        complete("content-security-policy", ContentPolicy.nothing)
        complete("x-content-type-options", "nosniff")
        complete("referrer-policy", "no-referrer")
        complete("cross-origin-resource-policy", "same-origin")
        complete("cache-control", "no-store")
    }

    /// Lets a foreign origin read the response (Fetch §3.2).
    mutating func share(with origin: String) {
        fields.append("access-control-allow-origin", origin)
        fields.append("access-control-expose-headers", "etag, x-seen")
        fields.append("vary", "origin")
    }

    /// What a browser is told that asks before it sends a request of another origin.
    static func preflight(_ methods: [String]) -> HTTPResponse {
        HTTPResponse(
            204,
            [
                "access-control-allow-methods": methods.joined(separator: ", "),
                "access-control-allow-headers":
                    "authorization, content-type, if-match, last-event-id",
                "access-control-max-age": "600",
            ])
    }
}

/// What a response may do in a browser (Content Security Policy 3).
enum ContentPolicy {
    /// Nothing.
    static let nothing =
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"
    /// The page: its own files, and the messages that it shows in a frame.
    static let page =
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        + "connect-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'"
    /// A message: no script, no form, no navigation, nothing from elsewhere.
    static let message =
        "sandbox; default-src 'none'; img-src data:; "
        + "style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'self'"
}
