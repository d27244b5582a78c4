import BlackholeTestSupport
import Glibc

/// A process that a test has started, in a process group of its own; killed with all its children
/// when its owner is gone.
final class ChildProcess {
    let id: pid_t
    private var status: Int32?

    /// Starts a program, found in PATH, with its output in two files.
    init(
        _ command: [String], environment: [String: String] = [:], input: String = "/dev/null",
        output: String, errors: String
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        let mode = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, output, mode, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, mode, 0o600)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        // A shell has it ignored in what it starts in the background.
        sigaddset(&signals, SIGQUIT)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var variables = ChildProcess.environment
        variables.merge(environment) { $1 }
        var child: pid_t = 0
        let code = ChildProcess.withCStrings(command) { arguments in
            ChildProcess.withCStrings(variables.map { "\($0)=\($1)" }) { environment in
                posix_spawnp(&child, command[0], &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else { throw TestError.system("start \(command[0])", code) }
        id = child
    }

    deinit {
        kill(-id, SIGKILL)  // With whatever it may have left behind.
        if status == nil { waitpid(id, nil, 0) }
    }

    func signal(_ number: Int32) { kill(id, number) }

    /// Waits for the end.
    ///
    /// - Returns: the exit code, or minus the signal that ended it.
    func wait(within seconds: Double = patienceSeconds) throws -> Int32 {
        let isOver = eventually(within: seconds) {
            var word: Int32 = 0
            if status == nil, waitpid(id, &word, WNOHANG) == id { status = word }
            return status != nil
        }
        guard isOver, let status else {
            throw TestError.timedOut("the end of process \(id)")
        }
        return status & 0x7f == 0 ? (status >> 8) & 0xff : -(status & 0x7f)
    }

    /// What the program is to do in a test that does not say otherwise: listen where nobody else
    /// does, and stay who it is, so that it comes by the files of the test.
    private static let program = [
        "BLACKHOLE_HOST": "127.0.0.1", "BLACKHOLE_PORT": "0", "BLACKHOLE_SSL_PORT": "none",
        "BLACKHOLE_USER": "\(geteuid())", "BLACKHOLE_GROUP": "\(getegid())",
    ]

    private static let environment: [String: String] = {
        var variables = ["LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"]
        for name in ["PATH", "HOME", "LD_LIBRARY_PATH"] + sanitizers {
            if let value = getenv(name) { variables[name] = String(cString: value) }
        }
        // Postfix's tools lie where only root looks.
        variables["PATH"]? += ":/usr/sbin:/sbin"
        return variables.merging(program) { $1 }
    }()

    /// What the sanitizers of a program are told, which is built with those of the tests.
    private static let sanitizers = [
        "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "SWIFT_BACKTRACE",
        "LD_PRELOAD",
    ]

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return body(copies + [nil])
    }
}
