import Foundation

/// What Linux tells of a process.
struct ProcessFacts {
    let id: pid_t

    /// How much more the memory of a program may grow than that of an ordinary build: a sanitizer
    /// keeps what was freed, and books of its own.
    static let memoryFactor = isSanitized ? 16 : 1

    /// The ticks of CPU time that an idle program may use in half a second: of its own at most one,
    /// but ThreadSanitizer has a thread that never rests.
    static let maximumIdleTicks = isSanitized ? 10 : 1

    private static let isSanitized =
        getenv("ASAN_OPTIONS") != nil || getenv("TSAN_OPTIONS") != nil

    /// Memory in use, in kilobytes.
    var residentKilobytes: Int { get throws { try status("VmRSS") } }

    /// The most memory that was ever in use, in kilobytes.
    var peakKilobytes: Int { get throws { try status("VmHWM") } }

    /// Whether it has ended; its parent may not have noticed yet.
    var isGone: Bool {
        let text = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        return text.isEmpty || text.contains("\nState:\tZ")
    }

    /// How many descriptors are open.
    var descriptorCount: Int {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").count
        }
    }

    /// CPU time used, user and system, in ticks of 10 ms.
    var ticks: Int {
        get throws {
            let text = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
            let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...]
                .split(separator: " ")
            guard fields.count > 12, let user = Int(fields[12]), let system = Int(fields[13])
            else { throw TestError.wrong("/proc/\(id)/stat is unlike itself") }
            return user + system
        }
    }

    /// Its threads' numbers; the first thread has that of the process.
    var threads: [pid_t] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task")
                .compactMap { pid_t($0) }.sorted()
        }
    }

    /// What Linux tells of a thread under a key: its words.
    func status(_ key: String, of thread: pid_t) throws -> [String] {
        let text = try String(
            contentsOfFile: "/proc/\(id)/task/\(thread)/status", encoding: .utf8)
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(key + ":") })
        else { throw TestError.wrong("process \(id) has no \(key)") }
        return line.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init)
    }

    private func status(_ key: String) throws -> Int {
        guard let word = try status(key, of: id).first, let value = Int(word) else {
            throw TestError.wrong("process \(id) has no number for \(key)")
        }
        return value
    }
}
