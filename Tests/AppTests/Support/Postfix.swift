import BlackholeTestSupport
import Foundation
import Testing

/// Postfix as a sender, with its queue and configuration in a folder of the test's own.
///
/// Only root may run it. It listens nowhere, mail comes in by its `sendmail`; it ends with its owner.
final class Postfix {
    private let folder = TemporaryDirectory()
    private let process: ChildProcess

    /// What became of a recipient, by its log.
    struct Delivery: Hashable {
        /// `sent`, `deferred` or `bounced`.
        let status: String
        /// The code that the server replied with.
        let code: Int
        /// What was replied to, in Postfix's words: `RCPT TO`; nil where all went well.
        let command: String?
    }

    /// Starts a Postfix that hands all mail to a server.
    init(relayTo port: Int) throws {
        let owner = try #require(getpwnam("postfix"), "Postfix has its user")
        for name in ["conf", "spool", "data"] { mkdir(folder.file(name), 0o755) }
        // Its programs run as its user, who must come by the folder.
        chmod(folder.path, 0o755)
        chown(folder.file("data"), owner.pointee.pw_uid, owner.pointee.pw_gid)
        let programs = try Command.shell("postconf -dh daemon_directory").output
            .trimmingCharacters(in: .newlines)
        try folder.write(Self.configuration(folder.path, programs, port), to: "conf/main.cf")
        try folder.write(Self.services, to: "conf/master.cf")
        let check = try Command.run("postfix", "-c", folder.file("conf"), "check")
        guard check.exitCode == 0 else { throw TestError.wrong(check.text) }
        process = try ChildProcess(
            ["\(programs)/master", "-c", folder.file("conf"), "-d"],
            output: folder.file("output"), errors: folder.file("errors"))
        guard eventually({ log.contains("daemon started") }) else {
            throw TestError.timedOut("Postfix's start: \(log)\(folder.text(of: "errors"))")
        }
    }

    var log: String { folder.text(of: "log") }

    /// Sends messages of one recipient each, and waits until the server has answered for all.
    ///
    /// They have no sender, so that no report of a failure becomes a message.
    func send(_ count: Int) throws -> [Delivery: Int] {
        for number in 0..<count {
            let sending = try Command.run(
                "sendmail", "-C", folder.file("conf"), "-f", "<>", "to\(number)@example.org",
                input: "Subject: x\n\nHello.\n")
            guard sending.exitCode == 0 else { throw TestError.wrong(sending.text) }
        }
        var deliveries: [Delivery] = []
        let isDone = eventually {
            deliveries = log.split(separator: "\n").compactMap(Delivery.init)
            return deliveries.count >= count
        }
        guard isDone else { throw TestError.timedOut("\(count) deliveries: \(log)") }
        return deliveries.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    private static func configuration(_ path: String, _ programs: String, _ port: Int) -> String {
        """
        compatibility_level = 3.6
        queue_directory = \(path)/spool
        data_directory = \(path)/data
        daemon_directory = \(programs)
        maillog_file = \(path)/log
        maillog_file_prefixes = \(path)
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = mta.example
        mydestination =
        alias_maps =
        alias_database =
        notify_classes =
        smtp_tls_security_level = none
        relayhost = [127.0.0.1]:\(port)

        """
    }

    private static let services = """
        pickup unix n - n 1 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        error unix - - n - - error
        retry unix - - n - - error
        proxymap unix - - n - - proxymap
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd

        """
}

extension Postfix.Delivery {
    /// Reads a line of the log; nil if it is about something else.
    init?(_ line: Substring) {
        let pattern =
            #/status=(\w+)\ \((?:host\ \S+\ said:\ )?(\d{3})[\ \-](?:.*\(in\ reply\ to\ (.+)\ command\))?/#
        guard let match = line.firstMatch(of: pattern), let code = Int(match.2) else { return nil }
        self.init(status: String(match.1), code: code, command: match.3.map(String.init))
    }
}
