internal import BlackholePipeline
internal import Glibc
internal import Synchronization

/// What the kernel knows of the process and its network.
struct HostFigures {
    /// The memory that the process has, in bytes; 0 where the kernel does not say.
    let memory = HostFigures.readMemory()
    /// Connections that were dropped since an accept queue was full, of all sockets of the network
    /// namespace; 0 where the kernel does not say.
    let listenOverflows = HostFigures.readListenOverflows()
    private let readAt = Instant.now

    private static let last = Mutex<HostFigures?>(nil)

    /// What was read a second ago at most: to read it takes longer than to write all metrics.
    static var recent: HostFigures {
        last.withLock { last in
            if let last, Instant.now < last.readAt + .seconds(1) { return last }
            let now = HostFigures()
            last = now
            return now
        }
    }

    private static func readMemory() -> Int {
        let words = text("/proc/self/statm").split(separator: " ")
        guard words.count > 1, let pages = Int(words[1]) else { return 0 }
        return pages.multipliedReportingOverflow(by: Int(sysconf(Int32(_SC_PAGESIZE)))).partialValue
    }

    private static func readListenOverflows() -> UInt64 {
        let lines = text("/proc/self/net/netstat").split(separator: "\n").map {
            $0.split(separator: " ")
        }
        for (names, values) in zip(lines, lines.dropFirst()) where names.first == "TcpExt:" {
            guard let place = names.firstIndex(of: "ListenOverflows"), place < values.count,
                let count = UInt64(values[place])
            else { continue }
            return count
        }
        return 0
    }

    private static func text(_ path: String) -> String {
        (try? RegularFile(path)).map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    }
}
