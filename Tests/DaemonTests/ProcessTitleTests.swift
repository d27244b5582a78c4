import BlackholeDaemon
import Glibc
import Testing

@Suite struct `A process's title` {
    @Test(arguments: ["blackhole: 1 worker", "x", "", "grüße"])
    func `is what ps shows`(title: String) async {
        await #expect(processExitsWith: .success) { [title] in
            let environment = contents(of: "/proc/self/environ")
            let ready = Gate()
            let process = Fork {
                ProcessTitle.set("a longer one, to be written over")
                ProcessTitle.set(title)
                ready.open()
                pause()
                return 0
            }
            ready.wait()
            let line = contents(of: "/proc/\(process.id)/cmdline") ?? ""
            #expect(line.prefix { $0 != "\0" } == title)
            #expect(line.drop { $0 != "\0" }.allSatisfy { $0 == "\0" })
            #expect(contents(of: "/proc/\(process.id)/environ") == environment)
            process.end()
        }
    }

    @Test(arguments: ["x", "ü", "世", "🙂"])
    func `is cut where the arguments end, between characters`(character: String) async {
        await #expect(processExitsWith: .success) { [character] in
            let room = contents(of: "/proc/self/cmdline")?.utf8.count ?? 0
            let environment = contents(of: "/proc/self/environ")
            let ready = Gate()
            let process = Fork {
                ProcessTitle.set(String(repeating: character, count: 100_000))
                ready.open()
                pause()
                return 0
            }
            ready.wait()
            let line = contents(of: "/proc/\(process.id)/cmdline") ?? ""
            #expect(line.utf8.count == room)
            let count = (room - 1) / character.utf8.count
            #expect(line.prefix { $0 != "\0" } == String(repeating: character, count: count))
            #expect(contents(of: "/proc/\(process.id)/environ") == environment)
            process.end()
        }
    }
}
