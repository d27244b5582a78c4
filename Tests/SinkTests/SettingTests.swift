import BlackholePipeline
import BlackholeSMTP
import BlackholeSink
import Testing

struct SettingTests {
    @Test(arguments: Setting.all)
    func `a setting is found by its name in every spelling`(setting: Setting) {
        #expect(Setting(named: setting.name) == setting)
        #expect(Setting(named: String(setting.name.map { $0 == "_" ? "-" : $0 })) == setting)
        #expect(!setting.help.isEmpty && !setting.valueName.isEmpty && !setting.defaultText.isEmpty)
        #expect(setting.variable == "BLACKHOLE_" + setting.name.uppercased())
    }

    @Test(arguments: Setting.all.filter(\.isForFile))
    func `the example file has a line for it that is right`(setting: Setting) throws {
        let line = try #require(
            ExampleFile.text.split(separator: "\n").first { $0.hasPrefix("#\(setting.name)=") })
        let assignments = try ConfigurationFile.assignments(
            of: String(line.dropFirst()), at: "example")
        #expect(assignments.map(\.setting) == [setting])
        var configuration = Configuration()
        // What the machine decides has no text.
        if setting != "user", setting != "group" { try configuration.apply(assignments) }
    }

    @Test func `the example file changes nothing as it is`() throws {
        #expect(try ConfigurationFile.assignments(of: ExampleFile.text, at: "example") == [])
    }
}
