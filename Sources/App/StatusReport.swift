import BlackholeDaemon
import BlackholePipeline
import Glibc

/// What a running server tells of itself, and how to ask it.
///
/// It answers HTTP on an abstract unix-domain socket that is named after its process, and only to root and
/// its own user. Anybody could take that name: so the asker looks who is at the other end, too.
struct StatusReport {
    /// Where it listens and what it has done, for people.
    let lines: [String]
    /// How often it was told to reload.
    let reloads: Int
    /// Why the last reload has failed; nil if it has not.
    let reloadFault: String?

    init(lines: [String], reloads: Int, reloadFault: String?) {
        self.lines = lines
        self.reloads = reloads
        self.reloadFault = reloadFault
    }

    /// As it is sent.
    var text: String {
        let last = reloadFault.map { "reloads \(reloads), the last one failed: \($0)" }
        return (lines + [last ?? "reloads \(reloads)"]).joined(separator: "\n") + "\n"
    }

    private init?(_ text: String) {
        var lines = text.split(separator: "\n").map(String.init)
        guard let last = lines.popLast(),
            let match = last.wholeMatch(of: /(?s)reloads (\d+)(?:, the last one failed: (.*))?/),
            let reloads = Int(match.1)
        else { return nil }
        self.init(lines: lines, reloads: reloads, reloadFault: match.2.map(String.init))
    }

    /// Where the server of that process answers.
    static func address(of pid: pid_t) -> NetworkAddress { .unix(path: "@blackhole.\(pid)") }

    /// Asks the server of that process how it is.
    static func ask(_ pid: pid_t) throws(StartError) -> StatusReport {
        let (status, body) = try get("/status", of: pid)
        if status == 403 {
            throw StartError("only root and the server's user may ask", exitCode: EX_NOPERM)
        }
        guard status == 200, let report = StatusReport(body) else {
            throw StartError("process \(pid) does not answer", exitCode: EX_UNAVAILABLE)
        }
        return report
    }

    /// Asks the server of that process for a path.
    static func get(_ path: String, of pid: pid_t) throws(StartError) -> (status: Int, body: String)
    {
        do throws(SystemError) {
            let asking = try Asking(address(of: pid))
            guard asking.process == pid else {
                throw StatusReport.stranger
            }
            return try asking.get(path) ?? (0, "")
        } catch {
            guard error != stranger else {
                throw StartError(
                    "another process answers for process \(pid)", exitCode: EX_UNAVAILABLE)
            }
            throw StartError(
                "cannot ask process \(pid): \(String(cString: strerror(error.code)))",
                exitCode: EX_UNAVAILABLE)
        }
    }

    private static let stranger = SystemError("ask a stranger", code: EPERM)
}
