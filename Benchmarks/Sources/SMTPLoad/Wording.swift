/// Numbers and texts as they are printed.
package enum Wording {
    /// A number with its decimals.
    package static func decimal(_ number: Double, _ places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let whole = (number * scale).rounded()
        guard whole.magnitude < 9e15 else { return "\(number)" }
        let digits = String(Int(whole.magnitude))
        let all = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = whole < 0 ? "-" : ""
        return places == 0 ? sign + all : sign + all.dropLast(places) + "." + all.suffix(places)
    }

    /// A number with a comma before every three digits.
    package static func grouped(_ number: Int) -> String {
        var digits = String(number.magnitude)
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return (number < 0 ? "-" : "") + digits
    }

    /// A text as JSON has it (RFC 8259 §7).
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// What a server has said, without anything that a terminal obeys.
    package static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.value >= 32 && !(127...159).contains($0.value) }))
    }

    /// A text with blanks before or behind it.
    static func padded(_ text: String, _ width: Int, onLeft: Bool = true) -> String {
        let blanks = String(repeating: " ", count: max(0, width - text.count))
        return onLeft ? blanks + text : text + blanks
    }
}
