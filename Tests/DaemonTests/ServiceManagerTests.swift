import BlackholeDaemon
import BlackholePipeline
import BlackholeTestSupport
import Glibc
import Testing

@Suite struct `A service manager` {
    @Test(arguments: [true, false])
    func `is told the state`(isAbstract: Bool) async {
        await #expect(processExitsWith: .success) { [isAbstract] in
            let directory = TemporaryDirectory()
            let name = (isAbstract ? "@" : "") + directory.file("notify")
            let receiver = try Client(bindingTo: .unix(path: name), isDatagram: true)
            setenv("NOTIFY_SOCKET", name, 1)
            ServiceManager.notify("READY=1\nSTATUS=serving")
            #expect(contents(of: receiver.descriptor) == "READY=1\nSTATUS=serving")
        }
    }

    @Test(arguments: ["", "/", "@", "relative", "vsock:2:3", "/none", "long"])
    func `that does not listen is no trouble`(name: String) async {
        await #expect(processExitsWith: .success) { [name] in
            let long = "/" + String(repeating: "a", count: 200)
            setenv("NOTIFY_SOCKET", name == "long" ? long : name, 1)
            ServiceManager.notify("READY=1")
            unsetenv("NOTIFY_SOCKET")
            ServiceManager.notify("READY=1")
        }
    }

    @Test(
        arguments: [
            (nil, nil, nil, ""), ("me", "2", nil, "3 unknown, 4 unknown"), ("me", "0", "", ""),
            ("me", "2", "smtp:tls", "3 smtp, 4 tls"), ("me", "1", "a", "3 a"), ("1", "2", nil, ""),
            ("me", "2", ":", "3 , 4 "), (nil, "2", nil, ""), ("me", nil, nil, ""),
        ] as [(String?, String?, String?, String)])
    func `hands sockets over`(
        process: String?, count: String?, names: String?, expected: String
    ) async {
        await #expect(processExitsWith: .success) { [process, count, names, expected] in
            let started = Fork {
                offer(process, count, names)
                let sockets = try ServiceManager.sockets()
                let text = sockets.map { "\($0.descriptor) \($0.name)" }.joined(separator: ", ")
                guard text == expected else { return 1 }
                guard sockets.allSatisfy({ fcntl($0.descriptor, F_GETFD) == FD_CLOEXEC }) else {
                    return 2
                }
                let names = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]
                return names.allSatisfy { name in getenv(name) == nil } ? 0 : 3
            }
            #expect(started.wait() == 0)
        }
    }

    @Test(
        arguments: [
            ("x", "1", nil), ("-1", "1", nil), ("", "1", nil), ("me", "x", nil), ("me", "-1", nil),
            ("me", "99999", nil), ("me", "3", nil), ("me", "2", "one"), ("me", "1", "a:b"),
            ("me", "4294967297", nil), ("me", "\u{1B}", nil),
        ] as [(String, String, String?)])
    func `that contradicts itself is an error`(process: String, count: String, names: String?) async
    {
        await #expect(processExitsWith: .success) { [process, count, names] in
            let started = Fork {
                offer(process, count, names)
                do throws(StartError) {
                    _ = try ServiceManager.sockets()
                    return 0
                } catch {
                    return error.description.utf8.allSatisfy { $0 >= 0x20 } ? error.exitCode : 1
                }
            }
            #expect(started.wait() == EX_CONFIG)
        }
    }
}

/// Opens descriptors 3 and 4, no more, and says so to this process; `me` is its number.
private func offer(_ process: String?, _ count: String?, _ names: String?) {
    let null = open("/dev/null", O_RDWR)
    for descriptor in Int32(3)...4 where descriptor != null { dup2(null, descriptor) }
    for descriptor in Int32(5)...100 { close(descriptor) }
    let values = [
        "LISTEN_PID": process == "me" ? String(getpid()) : process, "LISTEN_FDS": count,
        "LISTEN_FDNAMES": names,
    ]
    for (name, value) in values {
        if let value { setenv(name, value, 1) } else { unsetenv(name) }
    }
}
