internal import BlackholeHTTP
internal import BlackholeRules

/// The parameters of a request: each is taken once by its name, and none may be left.
struct Query {
    private var left: [RequestTarget.Parameter]

    init(_ request: HTTPRequest) { left = request.target.query }

    /// Whether a parameter is there.
    func has(_ name: String) -> Bool { left.contains { $0.name == name } }

    /// The values of a parameter, which is not taken.
    func all(_ name: String) -> [String] { left.filter { $0.name == name }.map(\.value) }

    /// The value of a parameter; nil if it is not there.
    mutating func text(_ name: String) throws(Problem) -> String? { try take(name, \.value) }

    /// The words of a parameter, in which a plus stands for a blank; nil if it is not there.
    mutating func words(_ name: String) throws(Problem) -> String? { try take(name, \.text) }

    /// Takes a parameter that is neither empty nor there twice.
    private mutating func take(
        _ name: String, _ value: KeyPath<RequestTarget.Parameter, String>
    ) throws(Problem) -> String? {
        let values = left.filter { $0.name == name }.map { $0[keyPath: value] }
        drop(name)
        guard values.count <= 1 else { throw Problem(400, "'\(name)' is given twice") }
        if values.first == "" { throw Problem(400, "'\(name)' is empty") }
        return values.first
    }

    /// Takes a parameter, whatever it is.
    mutating func drop(_ name: String) { left.removeAll { $0.name == name } }

    /// A number: decimal digits, and nothing else.
    mutating func number(_ name: String) throws(Problem) -> Int? {
        guard let text = try text(name) else { return nil }
        guard let number = Int(digits: text) else {
            throw Problem(400, "'\(name)' is not a number")
        }
        return number
    }

    /// A time with its unit, up to a most: `10s`, `300ms`.
    mutating func duration(_ name: String, atMost most: Duration) throws(Problem) -> Duration? {
        guard let text = try text(name) else { return nil }
        let units: [(String, Duration)] = [
            ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)),
        ]
        for (unit, duration) in units where text.hasSuffix(unit) {
            guard let number = Int(digits: text.dropLast(unit.utf8.count)), number <= 1_000_000
            else { break }
            let time = duration * number
            guard time <= most else {
                throw Problem(400, "'\(name)' is \(most.components.seconds)s at the most")
            }
            return time
        }
        throw Problem(400, "'\(name)' is not a time with its unit: 500ms, 10s or 1m")
    }

    /// Something that is on or off: `1` or `0`, `true` or `false`.
    mutating func flag(_ name: String) throws(Problem) -> Bool {
        switch try text(name) {
        case nil, "0", "false": false
        case "1", "true": true
        default: throw Problem(400, "'\(name)' is 1 or 0")
        }
    }

    /// The filter that parameters of these names make; each may be there several times.
    mutating func filter(_ names: [String]) throws(Problem) -> EntryFilter {
        var filter = EntryFilter()
        for one in left where names.contains(one.name) {
            let hasWords = ["subject", "header"].contains(one.name)
            try filter.add(one.name, hasWords ? one.text : one.value)
        }
        left.removeAll { names.contains($0.name) }
        return filter
    }

    /// Throws if a parameter is left: one that is misspelled must not be passed over.
    func finish() throws(Problem) {
        if let name = left.first?.name { throw Problem(400, "unknown parameter '\(name)'") }
    }
}
