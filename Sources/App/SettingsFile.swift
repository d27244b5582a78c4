import BlackholePipeline

/// Reads a configuration file without trusting it to be one.
enum SettingsFile {
    /// The file's text.
    static func text(at path: String) throws(SettingsFileError) -> String {
        let file: RegularFile
        do throws(RegularFile.Fault) {
            file = try RegularFile(path)
        } catch {
            throw SettingsFileError(description: error.reason)
        }
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            throw SettingsFileError(description: "not text in UTF-8")
        }
        return text
    }
}

/// Why a configuration file could not be read, in words that follow its path.
struct SettingsFileError: Error {
    let description: String
}
