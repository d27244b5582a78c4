internal import BlackholeHTTP
internal import BlackholePipeline
internal import BlackholeSMTP

/// Who may ask: what is decided of a request before anybody looks at its path.
///
/// A page of another site must reach nothing here, whether its name has been made to lead here
/// (rebinding) or its requests come from a browser that could (CSRF): so the names in Host and Origin
/// count, and what the browser says of where a request is from. Who sends neither is not a browser.
struct Access {
    let settings: ConsoleSettings

    /// The foreign origin that a request comes from and that may read the response; nil if there is
    /// none.
    func check(_ request: HTTPRequest) throws(Problem) -> String? {
        if let host = request.host, !accepts(host: host) {
            throw Problem(
                421,
                "this server is not called that: use its address, or add the name to http_names")
        }
        let origins = request.fields.values(of: "origin")
        let foreign = origins.first { settings.origins.contains($0) }
        for origin in origins where origin != foreign && !isOwn(origin, of: request) {
            throw Problem(403, "requests from other sites are not allowed: see http_origin")
        }
        let isFromElsewhere = request.fields.values(of: "sec-fetch-site").contains {
            $0 != "same-origin" && $0 != "none"
        }
        guard isFromElsewhere, foreign == nil else { return foreign }
        // Somebody has followed a link: that shows the page, and no more.
        guard request.method == "GET" || request.method == "HEAD", request.target.path == "/",
            request.fields["sec-fetch-mode"] == "navigate"
        else { throw Problem(403, "requests from other sites are not allowed: see http_origin") }
        return nil
    }

    /// Throws if the client is not who it must be (RFC 7617).
    func authenticate(_ request: HTTPRequest) throws(Problem) {
        guard let credentials = settings.credentials else { return }
        let words = (request.fields["authorization"] ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "basic" else { throw .unauthorized }
        let token = Array(words[1].utf8)
        guard let sent = Base64.decode(token.span.bytes), credentials.match(sent) else {
            throw .unauthorized
        }
    }

    /// Whether a name in Host is one of ours, with a port or without.
    func accepts(host: String) -> Bool {
        guard let name = Self.name(host) else { return false }
        if name == "localhost" { return true }
        switch NetworkAddress(name, port: 0) {
        case .ipv4, .ipv6: return true
        case .unix, nil: break
        }
        return settings.names.contains { $0 == "*" || $0.lowercased() == name }
    }

    /// The name of `NAME`, `NAME:PORT`, `[ADDRESS]` or `[ADDRESS]:PORT`, in small letters.
    private static func name(_ host: String) -> String? {
        let host = host.lowercased()
        var name = host[...]
        var port: Substring = ""
        if host.hasPrefix("[") {
            guard let end = host.firstIndex(of: "]") else { return nil }
            name = host[host.index(after: host.startIndex)..<end]
            port = host[host.index(after: end)...]
            guard case .ipv6 = NetworkAddress(String(name), port: 0) else { return nil }
        } else if let colon = host.firstIndex(of: ":") {
            name = host[..<colon]
            port = host[colon...]
        }
        guard port.isEmpty || port.first == ":" && Int(digits: port.dropFirst()) != nil,
            name.utf8.allSatisfy({ $0.isHostByte })
        else { return nil }
        return String(name)
    }

    /// Whether an origin is that of the console, as the client calls it.
    private func isOwn(_ origin: String, of request: HTTPRequest) -> Bool {
        guard let host = request.host?.lowercased() else { return false }
        return origin == "http://\(host)" || origin == "https://\(host)"
    }
}

extension Problem {
    /// Who asks has not said who it is, or not rightly.
    static let unauthorized = Problem(401, "a user and a password are needed")
}

extension UInt8 {
    /// Whether it may stand in a name or an address.
    fileprivate var isHostByte: Bool {
        switch self {
        case 0x30...0x39, 0x61...0x7A: true
        default: "-._:".utf8.contains(self)
        }
    }
}
