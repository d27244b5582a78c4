/// The example of a configuration file, made from the table of settings.
package enum ExampleFile {
    /// The file's text: every setting with what it does and its default, commented out.
    package static var text: String {
        var lines = [
            "# Settings of blackhole. Every one is at its default: take away a # to change it.",
            "#",
            "#   blackhole start --conf=FILE     what stands here overrides the command line",
            "#   blackhole check --conf=FILE     says what a file would do, and what is wrong in it",
            "#",
            "# A setting is name=value. Quotes and blanks around = are as you like, several may",
            "# stand on one line, and nothing of it is executed.",
            "#",
            "# Numbers may have a unit, in either case. Times are in seconds, or end with s, m or h;",
            "# counts may end with k or M (500k is 500,000), sizes with k, M or G (powers of 1024).",
        ]
        for setting in Setting.all where setting.isForFile {
            lines.append("")
            lines += wrapped(setting.help).map { "# \($0)" }
            lines.append("#\(setting.name)=\(setting.example)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func wrapped(_ text: String) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if line.count + word.count < 90 {
                lines[lines.count - 1] = line + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
