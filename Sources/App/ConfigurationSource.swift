import Daemon
import FoundationEssentials
import Glibc
import Sink

/// Where the configuration of this process comes from: the environment, the command line, and the
/// file that one of them names, each over the ones before.
struct ConfigurationSource: Sendable {
    private let options: [Assignment]
    /// Relative paths are read from where the program was started, also later on.
    private let directory = FileManager.default.currentDirectoryPath

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
            configuration.makePathsAbsolute(from: directory)
            try configuration.check()
            return configuration
        } catch {
            throw StartError(error.description, exitCode: error.isUsage ? EX_USAGE : EX_CONFIG)
        }
    }

    private func read(_ path: String) throws(ConfigurationError) -> String {
        do throws(SettingsFileError) {
            return try SettingsFile.text(at: path.absolute(from: directory))
        } catch {
            throw ConfigurationError(path, error.description)
        }
    }
}
