import BlackholeDaemon
import BlackholeTestSupport
import Glibc
import Testing

@Suite struct `A detached service` {
    @Test func `has left its caller's terminal, directory and descriptors behind`() async {
        await #expect(processExitsWith: .success) {
            let directory = TemporaryDirectory()
            let (kept, facts) = (Int32(50), directory.file("facts"))
            dup2(open("/dev/zero", O_RDONLY), kept)
            dup2(open("/dev/zero", O_RDONLY), 51)
            umask(0o077)
            let caller = getpid()
            switch try Detachment.begin(keeping: [kept]) {
            case .caller(let exitCode):
                #expect(exitCode == 0)
                let lines = (contents(of: facts) ?? "").split(separator: "\n")
                #expect(
                    lines == [
                        "leads: false", "orphan: true", "cwd: /", "umask: 22",
                        "ours: 2, inherited: [50]",
                    ])
                // The process in between has been waited for.
                #expect(waitpid(-1, nil, WNOHANG) == -1)
            case .service(let readiness):
                // It is some time before the one in between is gone.
                while getppid() == getsid(0) { usleep(1000) }
                let open = (3..<1024).filter { fcntl($0, F_GETFD) >= 0 }
                let inherited = open.filter { fcntl($0, F_GETFD) & FD_CLOEXEC == 0 }
                let text = """
                    leads: \(getsid(0) == getpid())
                    orphan: \(getppid() != caller && getppid() != getsid(0))
                    cwd: \(target(of: "/proc/self/cwd"))
                    umask: \(String(umask(0), radix: 8))
                    ours: \(open.count - inherited.count), inherited: \(inherited)
                    """
                write(text, to: facts)
                readiness.ready()
                _exit(0)
            }
        }
    }

    @Test func `lets go of the standard streams when it is ready, and lives on`() async {
        await #expect(processExitsWith: .success) {
            let gate = Gate()
            let directory = TemporaryDirectory()
            var ends: [Int32] = [-1, -1]
            pipe(&ends)
            // As `$(blackhole start)` does it: whoever reads must see the end.
            let caller = Fork {
                for stream in Int32(0)...2 { dup2(ends[1], stream) }
                switch try Detachment.begin(keeping: gate.descriptors) {
                case .caller(let exitCode): return exitCode
                case .service(let readiness):
                    _ = Glibc.write(2, "a warning", 9)
                    readiness.ready()
                    let streams = (0...2).map { target(of: "/proc/self/fd/\($0)") }
                    write(streams.joined(separator: " "), to: directory.file("streams"))
                    gate.open()
                    _exit(0)
                }
            }
            close(ends[1])
            #expect(contents(of: ends[0]) == "a warning")
            #expect(contents(of: ends[0]) == "")
            #expect(caller.wait() == 0)
            gate.wait()
            #expect(contents(of: directory.file("streams")) == "/dev/null /dev/null /dev/null")
        }
    }

    @Test(arguments: [(77, 77), (255, 255), (0, 70), (256, 70), (-1, 70)] as [(Int32, Int32)])
    func `tells its caller that it failed`(code: Int32, told: Int32) async {
        await #expect(processExitsWith: .success) { [code, told] in
            switch try Detachment.begin() {
            case .caller(let exitCode): #expect(exitCode == told)
            case .service(let readiness):
                readiness.failed(exitCode: code)
                _exit(1)
            }
        }
    }

    @Test(arguments: [true, false])
    func `that dies without a word is an error`(isKilled: Bool) async {
        await #expect(processExitsWith: .success) { [isKilled] in
            do throws(StartError) {
                switch try Detachment.begin() {
                case .caller: Issue.record("the service was not ready")
                case .service:
                    if isKilled { kill(getpid(), SIGKILL) }
                    _exit(0)
                }
            } catch {
                #expect(error.exitCode == EX_SOFTWARE)
            }
        }
    }

    @Test func `outlives a caller that is gone before it is ready`() async {
        await #expect(processExitsWith: .success) {
            let (begun, gone, alive) = (Gate(), Gate(), Gate())
            let gates = begun.descriptors + gone.descriptors + alive.descriptors
            let caller = Fork {
                switch try Detachment.begin(keeping: gates) {
                case .caller: return 0
                case .service(let readiness):
                    begun.open()
                    gone.wait()
                    readiness.ready()
                    alive.open()
                    _exit(0)
                }
            }
            begun.wait()
            caller.end()
            gone.open()
            alive.wait()
        }
    }

    @Test func `may be started with its standard streams closed`() async {
        await #expect(processExitsWith: .success) {
            let caller = Fork {
                for stream in Int32(0)...2 { close(stream) }
                switch try Detachment.begin() {
                case .caller(let exitCode): return exitCode
                case .service(let readiness):
                    readiness.failed(exitCode: target(of: "/proc/self/fd/2") == "/dev/null" ? 7 : 8)
                    _exit(0)
                }
            }
            #expect(caller.wait() == 7)
        }
    }
}
