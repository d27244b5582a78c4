import BlackholeDaemon
import Testing

struct StartErrorTests {
    @Test func `an error reads as its line`() {
        #expect("\(StartError("cannot", exitCode: 69))" == "cannot")
    }
}
