extension Configuration {
    /// What the commands need to know that act on a running server.
    private static let controls: Set<Setting> = [
        "pid", "grace", "user", "conf", "host", "listen", "tls_listen",
    ]

    /// Lays the controls of the environment over the ones so far; an empty variable is not set.
    ///
    /// - Returns: as for the assignments of a source.
    package mutating func applyControls(
        environment variables: [String: String]
    ) throws(ConfigurationError) -> [ConfigurationError] {
        try applyControls(Assignment.all(of: variables))
    }

    /// Lays the controls of one source over the ones so far, and ignores its other settings.
    ///
    /// - Returns: what is wrong with controls that a command can do without.
    /// - Throws: when it is the pid file's place.
    package mutating func applyControls(
        _ assignments: [Assignment]
    ) throws(ConfigurationError) -> [ConfigurationError] {
        var faults: [ConfigurationError] = []
        for setting in Setting.all where Configuration.controls.contains(setting) {
            do throws(ConfigurationError) {
                try apply(assignments.filter { $0.setting == setting })
            } catch {
                guard setting != "pid" else { throw error }
                faults.append(error)
            }
        }
        return faults
    }
}
