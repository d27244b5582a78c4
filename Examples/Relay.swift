// A proxy: hands each connection on to a server, in both directions, whatever it is that they speak.
// Of each direction it keeps little, and a side is read only as fast as the other takes it.
//
//     swift run BlackHole 2526 & swift run Relay 2525 2526
//     swaks --server 127.0.0.1:2525 --to you@example.org

import BlackholePipeline
import Glibc

let ports = CommandLine.arguments.dropFirst().compactMap { UInt16($0) }
guard ports.count == 2 else {
    print("usage: Relay PORT SERVERS_PORT")
    exit(64)
}
let server = NetworkAddress.loopback(port: ports[1])
let loops = try EventLoops()
let address = try loops.listen(on: .loopback(port: ports[0])) { _ in Relay(to: server) }
print("listening on", address)
fflush(nil)  // A pipe would get it at the end only.
pause()  // Until Ctrl-C.
