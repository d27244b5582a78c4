extension Configuration {
    /// Checks that nobody can use the console who should not.
    func checkConsole() throws(ConfigurationError) {
        let console = console
        if console.user != nil, console.passwordPath == nil {
            throw conflict("http_user", "goes with http_password_file, which is not set")
        }
        if console.passwordPath != nil, console.user == nil {
            throw conflict("http_password_file", "goes with http_user, which is not set")
        }
        if console.hasTLS, !hasTLS { throw conflict("http_tls", "goes with ssl=True") }
        if console.isOpenToAll, !console.isOpen,
            let place = console.places.first(where: { !$0.isLocal })
        {
            throw conflict(
                "http",
                "\(place.address) can be reached from other machines: set http_user and "
                    + "http_password_file, or http_open=True")
        }
        if console.names.contains("*"), console.user == nil, !console.isOpen {
            throw conflict("http_names", "* goes with http_user, or with http_open=True")
        }
        var places = Set(listeners.compactMap(\.canonicalAddress))
        for place in console.places.map({ Endpoint(console: $0) }) {
            guard let name = place.canonicalAddress else { continue }
            guard places.insert(name).inserted else {
                throw conflict("http", "\(place.address) is listed twice")
            }
        }
    }

    /// What the operator should know of the console.
    var consoleWarnings: [String] {
        let console = console
        let remote = console.places.filter { !$0.isLocal }.map(\.address)
        guard !remote.isEmpty else { return [] }
        let list = remote.joined(separator: ", ")
        if console.isOpenToAll {
            return [
                conflict("http_open", "anybody who reaches \(list) can read all mail there")
                    .description
            ]
        }
        guard !console.hasTLS else { return [] }
        return [
            conflict(
                "http", "the password goes over the network in clear to \(list); set http_tls=True"
            )
            .description
        ]
    }

    /// What the console will do, in a line; nil if there is none.
    package var consoleText: String? {
        let console = console
        guard console.isServed else { return nil }
        let scheme = console.hasTLS ? "https" : "http"
        let places = console.places.map {
            $0.host.hasPrefix("unix:") ? $0.address : "\(scheme)://\($0.address)/"
        }
        let rights =
            console.isReadOnly == true
            ? "read-only" : console.areRulesReadOnly ? "rules read-only" : "rules can be changed"
        let users = console.user.map { "for user \($0)" } ?? "without a password"
        let keep = console.effectiveKeep
        let kept = keep == 0 ? "keeps no messages" : "keeps \(keep.of("message"))"
        return "console on \(places.joined(separator: ", ")) \(users), \(rights), \(kept)"
    }
}
