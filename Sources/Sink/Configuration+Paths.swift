extension Configuration {
    /// Makes every path mean the same from any directory.
    ///
    /// - Parameter directory: what relative paths are relative to; nil when that is gone.
    package mutating func makePathsAbsolute(
        from directory: String?
    ) throws(ConfigurationError) {
        pidPath = try pidPath.absolute(from: directory)
        // Standard error, which `start` refuses by that name.
        if logPath != "-" { logPath = try logPath.absolute(from: directory) }
        certificatePath = try certificatePath?.absolute(from: directory)
        keyPath = try keyPath?.absolute(from: directory)
        trustPath = try trustPath?.absolute(from: directory)
        console.passwordPath = try console.passwordPath?.absolute(from: directory)
        console.addressesPath = try console.addressesPath?.absolute(from: directory)
        for index in console.places.indices {
            try console.places[index].host.makeHostAbsolute(from: directory)
        }
        for index in hosts.indices { try hosts[index].makeHostAbsolute(from: directory) }
        for index in listen.indices { try listen[index].host.makeHostAbsolute(from: directory) }
        for index in tlsListen.indices {
            try tlsListen[index].host.makeHostAbsolute(from: directory)
        }
    }
}

extension Configuration {
    /// The files of the unix-domain sockets that it listens on.
    package var socketPaths: [String] {
        (listeners.map(\.host) + console.places.map(\.host)).compactMap { host in
            guard host.hasPrefix("unix:"), !host.hasPrefix("unix:@") else { return nil }
            return String(host.dropFirst("unix:".count))
        }
    }
}

extension String {
    /// A path as seen from a directory; nil when that is gone.
    package func absolute(from directory: String?) throws(ConfigurationError) -> String {
        if hasPrefix("/") { return self }
        guard let directory else { throw ConfigurationError(relative: self) }
        return directory + "/" + self
    }

    /// The same of `unix:` and a path; other hosts, `unix:@name` among them, are no paths.
    fileprivate mutating func makeHostAbsolute(
        from directory: String?
    ) throws(ConfigurationError) {
        guard hasPrefix("unix:"), !hasPrefix("unix:@") else { return }
        self = "unix:" + (try String(dropFirst("unix:".count)).absolute(from: directory))
    }
}

extension ConfigurationError {
    /// Makes an error of a path that leads nowhere, for the working directory is gone.
    fileprivate init(relative path: String) {
        self.init(
            "the path \(path) is relative to a directory that has been removed: give a path "
                + "from / on, or change to another directory", isUsage: false)
    }
}
