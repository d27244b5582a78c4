/// The fields of a head or of trailers, in their order (RFC 9110 §5).
package struct HTTPFields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// A field: its name in lower case, and its value without the blanks around it.
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    /// All of them.
    package private(set) var all: [Field] = []

    package init(dictionaryLiteral fields: (String, String)...) {
        for (name, value) in fields { append(name, value) }
    }

    /// The value of the first field of a name, which is in lower case.
    package subscript(name: String) -> String? { all.first { $0.name == name }?.value }

    /// The values of all fields of a name, which is in lower case.
    package func values(of name: String) -> [String] {
        all.lazy.filter { $0.name == name }.map(\.value)
    }

    /// The members of a list: what all fields of a name say, split at commas (RFC 9110 §5.6.1).
    ///
    /// A comma in a quoted string splits, too: of what is read as a list here, nothing has any.
    package func list(_ name: String) -> [String] {
        values(of: name).flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }
            .map { Array($0).trimmed }.filter { !$0.isEmpty }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Removes all fields of a name, which is in lower case.
    package mutating func remove(_ name: String) { all.removeAll { $0.name == name } }

    /// Appends a field, whose name is a token (RFC 9110 §5.1); the layer has no value end its line.
    package mutating func append(_ name: String, _ value: String) {
        all.append(Field(name: name.lowercased(), value: value))
    }
}
