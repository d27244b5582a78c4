extension Configuration {
    /// Makes every path mean the same from any directory.
    package mutating func makePathsAbsolute(from directory: String) {
        pidPath = pidPath.absolute(from: directory)
        // Standard error, which `start` refuses by that name.
        if logPath != "-" { logPath = logPath.absolute(from: directory) }
        certificatePath = certificatePath?.absolute(from: directory)
        keyPath = keyPath?.absolute(from: directory)
        trustPath = trustPath?.absolute(from: directory)
        hosts = hosts.map { $0.absoluteHost(from: directory) }
        listen = listen.map { $0.absolute(from: directory) }
        tlsListen = tlsListen.map { $0.absolute(from: directory) }
    }
}

extension ListenLine {
    fileprivate func absolute(from directory: String) -> ListenLine {
        var line = self
        line.host = host.absoluteHost(from: directory)
        return line
    }
}

extension String {
    /// A path as seen from a directory.
    package func absolute(from directory: String) -> String {
        hasPrefix("/") ? self : directory + "/" + self
    }

    /// The same of `unix:` and a path; other hosts, `unix:@name` among them, are no paths.
    fileprivate func absoluteHost(from directory: String) -> String {
        guard hasPrefix("unix:"), !hasPrefix("unix:@") else { return self }
        return "unix:" + String(dropFirst("unix:".count)).absolute(from: directory)
    }
}
