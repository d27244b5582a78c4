import Glibc

/// Why a configuration file could not be read, in words that follow its path.
struct SettingsFileError: Error {
    let description: String
}

/// Reads a configuration file without trusting it to be one.
enum SettingsFile {
    /// The octets that a file may have.
    static let octetsMax = 1 << 20

    /// The file's text.
    static func text(at path: String) throws(SettingsFileError) -> String {
        // Whoever opens a named pipe without this waits until somebody writes to it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw .current() }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .current() }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SettingsFileError(description: "is no regular file")
        }
        guard let text = String(validating: try octets(of: descriptor), as: UTF8.self) else {
            throw SettingsFileError(description: "is no text in UTF-8")
        }
        return text
    }

    private static func octets(of descriptor: Int32) throws(SettingsFileError) -> [UInt8] {
        var octets: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .current() }
            guard count > 0 else { return octets }
            octets += piece[..<count]
            guard octets.count <= octetsMax else {
                throw SettingsFileError(description: "is larger than \(octetsMax) octets")
            }
        }
    }
}

extension SettingsFileError {
    fileprivate static func current() -> SettingsFileError {
        SettingsFileError(description: String(cString: strerror(errno)))
    }
}
