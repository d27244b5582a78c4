internal import BlackholePipeline
internal import BlackholeRules
internal import BlackholeSMTP

/// How the values of a setting are read and written.
struct Form<Value: Sendable & Equatable>: Sendable {
    /// Stands for the value in `--help`.
    let valueName: String
    /// Reads the texts of one source: the last one counts, unless it is a list.
    let read: @Sendable ([String]) throws(ValueError) -> Value
    /// Writes a value as it could be read; empty where that is said in words.
    let write: @Sendable (Value) -> String
    var shape = Setting.Shape.single
    var completion = Setting.Completion.none

    /// One value.
    static func one(
        _ valueName: String, completion: Setting.Completion = .none,
        _ read: @escaping @Sendable (String) throws(ValueError) -> Value,
        _ write: @escaping @Sendable (Value) -> String
    ) -> Form {
        Form(
            valueName: valueName,
            read: { texts throws(ValueError) in try read(texts.last ?? "") },
            write: write, completion: completion)
    }

    /// A form of the same texts for a value of another type.
    func map<Other>(
        _ made: @escaping @Sendable (Value) -> Other, _ value: @escaping @Sendable (Other) -> Value?
    ) -> Form<Other> {
        let (read, write) = (read, write)
        return Form<Other>(
            valueName: valueName,
            read: { texts throws(ValueError) in made(try read(texts)) },
            write: { other in value(other).map(write) ?? "" },
            shape: shape, completion: completion)
    }

    /// A value that need not be there.
    var optional: Form<Value?> { map({ $0 }, \.self) }
}

extension Form {
    /// Values that commas or repetition separate.
    static func list<Member>(
        _ valueName: String, takesLine: Bool = false,
        _ read: @escaping @Sendable (String) throws(ValueError) -> Member,
        _ write: @escaping @Sendable (Member) -> String
    ) -> Form where Value == [Member] {
        Form(
            valueName: valueName,
            read: { texts throws(ValueError) in
                try texts.members(heedingQuotes: takesLine) { text throws(ValueError) in
                    try read(text)
                }
            },
            write: { $0.map(write).joined(separator: takesLine ? ", " : ",") },
            shape: takesLine ? .line : .list)
    }
}

// MARK: Words

extension Form<Bool> {
    static var bool: Form {
        Form(
            valueName: "bool",
            read: { texts throws(ValueError) in try Bool(setting: texts.last ?? "") },
            write: \.written, shape: .boolean,
            completion: .words([true.written, false.written]))
    }
}

extension Form<StartTLSOffer> {
    static var offer: Form {
        one(
            "auto|bool", completion: .words(["auto", true.written, false.written]),
            StartTLSOffer.init, \.written)
    }
}

extension Form where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the names that there are.
    static func named(_ valueName: String) -> Form {
        one(valueName, completion: .words(Value.allCases.map(\.rawValue)), Value.named, \.rawValue)
    }
}

extension Form<String> {
    static func word(_ valueName: String) -> Form { one(valueName, String.word, \.self) }

    static func path(
        _ valueName: String = "file", completion: Setting.Completion = .file
    ) -> Form {
        one(valueName, completion: completion, String.path, \.self)
    }

    static var hostName: Form { one("name", String.hostName, \.self) }
}

// MARK: Numbers

extension Form<Int> {
    static func count(_ range: ClosedRange<Int> = 0...1_000_000_000) -> Form {
        one("count", { text throws(ValueError) in try .count(text, in: range) }, \.description)
    }

    static var size: Form { one("size", Int.size, \.description) }

    static var workers: Form {
        one("count", { text throws(ValueError) in try .number(text, in: 1...1024) }, \.description)
    }
}

extension Form<UInt64> {
    static var seed: Form {
        one(
            "number", { text throws(ValueError) in try .number(text, in: 0...UInt64.max) },
            \.description)
    }
}

extension Form<UInt32> {
    static var fileMode: Form { one("mode", UInt32.fileMode, { "0" + String($0, radix: 8) }) }
}

extension Form<Double> {
    static var ratio: Form { one("0…1", Double.ratio, \.description) }
}

extension Form<Duration> {
    static func time(_ range: ClosedRange<Int>) -> Form {
        one(
            "time", { text throws(ValueError) in try .time(text, in: range) },
            { "\($0.components.seconds)" })
    }

    /// A form that takes zero for none.
    var zeroForNone: Form<Duration?> { map({ $0 > .zero ? $0 : nil }, { $0 ?? .zero }) }
}

extension Form<DelayRange> {
    static var delay: Form { one("seconds", DelayRange.init, \.written) }
}

// MARK: Lists

extension Form<[String]> {
    static var hosts: Form { list("ip", String.word, \.self) }
}

extension Form<[String]> {
    /// Rules, each a line; what is wrong in them is found when all are there.
    static var rules: Form {
        Form(
            valueName: "rule", read: { $0 }, write: { $0.joined(separator: ", ") }, shape: .rule)
    }

    static var paths: Form {
        var form = list("file", String.path, \.self)
        form.completion = .file
        return form
    }
}

extension Form<[UInt16]> {
    static var ports: Form { list("port", UInt16.port, \.description) }

    /// Ports, or `none`.
    static var portsOrNone: Form {
        Form(
            valueName: "port",
            read: { texts throws(ValueError) in
                texts.allSatisfy { $0 == "none" } ? [] : try ports.read(texts)
            },
            write: { $0.isEmpty ? "none" : ports.write($0) }, shape: .list)
    }
}

extension Form<[EndpointLine]> {
    static var endpoints: Form {
        list("[address]:port …", takesLine: true, EndpointLine.init, \.written)
    }
}

extension Form<[ReplyCode]> {
    static func codes(_ range: ClosedRange<UInt16>) -> Form {
        Form(
            valueName: "codes",
            read: { texts throws(ValueError) in try ReplyCode.list(texts, allowing: range) },
            write: \.listed, shape: .list)
    }
}

extension Form<BounceCodes> {
    static var bounceCodes: Form {
        Form(
            valueName: "codes",
            read: { texts throws(ValueError) in try BounceCodes(texts) },
            write: \.written, shape: .list)
    }
}
