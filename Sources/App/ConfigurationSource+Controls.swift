import BlackholeDaemon
import BlackholeSink
import FoundationEssentials

extension ConfigurationSource {
    /// Reads what the commands need that act on a running server: where its pid file and its
    /// sockets are, how long it may take to stop, and whom it serves as.
    ///
    /// The operator stops a server also after spoiling its configuration: a fault in what is not
    /// needed is passed over, and what cannot be read counts as not set, with a warning. A wrong
    /// command line or `pid` is an error all the same: the server would be sought in the wrong
    /// place.
    func loadControls() throws(StartError) -> Configuration {
        do throws(ConfigurationError) {
            var configuration = Configuration()
            var faults = try configuration.applyControls(
                environment: ProcessInfo.processInfo.environment)
            try configuration.apply(options)
            if let path = configuration.filePath {
                faults += try configuration.applyControls(ofFile: path, self)
            }
            try configuration.makePathsAbsolute(from: directory)
            if let fault = faults.first {
                Blackhole.report("warning: \(fault.description); the rest is used")
            }
            return configuration
        } catch {
            throw .configuration(error)
        }
    }
}

extension Configuration {
    /// Lays the controls of a file over the ones so far, as far as they can be read.
    fileprivate mutating func applyControls(
        ofFile path: String, _ source: ConfigurationSource
    ) throws(ConfigurationError) -> [ConfigurationError] {
        let text: String
        do throws(ConfigurationError) {
            text = try source.read(path)
        } catch {
            return [error]
        }
        let (assignments, faults) = ConfigurationFile.readable(of: text, at: path)
        return try faults + applyControls(assignments)
    }
}
