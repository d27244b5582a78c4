import Foundation

/// What Linux tells of a process.
struct ProcessFacts {
    let id: pid_t

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

    private func status(_ key: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(key + ":") }
        guard let words = line?.split(whereSeparator: \.isWhitespace), words.count > 1,
            let value = Int(words[1])
        else { throw TestError.wrong("/proc/\(id)/status has no \(key)") }
        return value
    }
}
