/// A behavior that no fake can have: a programmer's mistake, told when the server is made.
///
/// ```
/// behavior 2, .at(.recipient): 700 is no reply code; codes are 200 to 599, …
/// ```
public struct Misuse: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where it is: `behavior 2, .at(.recipient)`, counted from 1 as they were given.
    public let place: String
    /// What is wrong: `700 is no reply code`.
    public let flaw: String
    /// How it is mended.
    public let advice: String

    /// All of it, in one line.
    public var description: String { "\(place): \(flaw); \(advice)" }

    init(_ flaw: Flaw, in place: String) {
        self.place = flaw.part.map { "\(place), \($0)" } ?? place
        self.flaw = flaw.text
        advice = flaw.advice
    }
}

/// What is wrong with a behavior, by whom does not know where it stands.
struct Flaw: Error {
    let text: String
    let advice: String
    /// Which part of the behavior it is: `step 3` of a script, `line 2` of rules.
    var part: String?

    init(_ text: String, _ advice: String) {
        self.text = text
        self.advice = advice
    }
}
