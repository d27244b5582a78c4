import BlackholeSink
import Testing

/// A configuration file with faults in it, of which as much is read as can be.
struct ReadableFileTests {
    @Test(
        arguments: [
            ("pid=/a grace=5", "pid=/a grace=5", 0),
            ("prot=25 pid=/a", "pid=/a", 1),
            ("prot=\"25 pid=/x\" pid=/a", "pid=/a", 1),
            ("prot = 25 pid=/a", "pid=/a", 1),
            ("port 25 pid=/a", "pid=/a", 1),
            ("port= # pid=/x pid=/y", "", 1),
            ("= pid=/a", "", 1),
            ("'pid=/x' grace=5", "grace=5", 1),
            ("port=\"25 pid=/x\ngrace=5", "grace=5", 1),
            ("port=\"25\"pid=/x grace=5", "grace=5", 1),
            ("conf=/x pid=/a", "pid=/a", 1),
            ("mode=bonce\npid=/a", "mode=bonce pid=/a", 0),
            ("###\n\n= = =", "", 2),
        ] as [(String, String, Int)])
    func `a fault costs its own word, and no comment or value is taken for a setting`(
        text: String, settings: String, faults: Int
    ) {
        let (assignments, found) = ConfigurationFile.readable(of: text, at: "x")
        let read = assignments.map { "\($0.setting.name)=\($0.text)" }.joined(separator: " ")
        #expect(read == settings)
        #expect(found.count == faults)
    }
}
