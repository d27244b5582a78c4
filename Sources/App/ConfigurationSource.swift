import BlackholeDaemon
import BlackholeSink
import FoundationEssentials
import Glibc

/// Where the configuration of this process comes from: the environment, the command line, and the
/// file that one of them names, each over the ones before.
struct ConfigurationSource: Sendable {
    let options: [Assignment]
    /// Relative paths are read from where the program was started, also later on; nil when that
    /// directory has been removed.
    let directory = ConfigurationSource.workingDirectory

    init(_ options: SettingOptions) {
        self.options = options.assignments
    }

    /// Reads all sources.
    func load() throws(StartError) -> Configuration {
        do throws(ConfigurationError) {
            var configuration = Configuration()
            try configuration.apply(environment: ProcessInfo.processInfo.environment)
            try configuration.apply(options)
            if let path = configuration.filePath {
                let text = try read(path)
                try configuration.apply(try ConfigurationFile.assignments(of: text, at: path))
            }
            try configuration.makePathsAbsolute(from: directory)
            try configuration.check()
            return configuration
        } catch {
            throw .configuration(error)
        }
    }

    /// A path as seen from where the program was started.
    func absolute(_ path: String) throws(StartError) -> String {
        do throws(ConfigurationError) {
            return try path.absolute(from: directory)
        } catch {
            throw .configuration(error)
        }
    }

    func read(_ path: String) throws(ConfigurationError) -> String {
        let place = try path.absolute(from: directory)
        do throws(SettingsFileError) {
            return try SettingsFile.text(at: place)
        } catch {
            throw ConfigurationError(path, error.description)
        }
    }

    private static var workingDirectory: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }
}

extension StartError {
    /// A configuration that is wrong.
    static func configuration(_ error: ConfigurationError) -> StartError {
        StartError(error.description, exitCode: error.isUsage ? EX_USAGE : EX_CONFIG)
    }
}
