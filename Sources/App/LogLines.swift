import BlackholeDaemon
import Glibc
import Logging

/// The log's lines: `2026-11-22T15:48:49+0000 info blackhole: listening on 127.0.0.1:25`.
struct LogLines: LogHandler {
    private let file: LogFile
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()

    init(_ file: LogFile) {
        self.file = file
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        // What peers have said may be part of it.
        let text = LogFile.escaped("\(event.message)")
        file.write("\(LogLines.time()) \(event.level) blackhole: \(text)")
    }

    private static func time() -> String {
        var now = time_t()
        Glibc.time(&now)
        var parts = tm()
        localtime_r(&now, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { room in
            let count = strftime(room.baseAddress, room.count, "%Y-%m-%dT%H:%M:%S%z", &parts)
            return String(
                decoding: room[..<count].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
