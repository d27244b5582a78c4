extension LogFile {
    /// A text in which nothing acts on a terminal, ends a line, or looks like something else.
    ///
    /// `\xNN` stands for an ASCII control character, `\u{N…}` for another invisible one, `\\` for a
    /// backslash, so that two texts never look alike. Printable characters of any script stay.
    ///
    /// - Parameter keepsBackslashes: for a text that is to be used again as it stands.
    package static func escaped(_ text: String, keepsBackslashes: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: needsEscape) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar == "\\" {
                result += keepsBackslashes ? #"\"# : #"\\"#
            } else if !needsEscape(scalar) {
                result.unicodeScalars.append(scalar)
            } else if scalar.isASCII {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += #"\x"# + (digits.count < 2 ? "0" : "") + digits
            } else {
                result += #"\u{"# + String(scalar.value, radix: 16, uppercase: true) + "}"
            }
        }
        return result
    }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F || scalar == "\\" }
        return switch scalar.properties.generalCategory {
        // Format characters turn the direction of writing, or have no width.
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse: true
        default: false
        }
    }
}
