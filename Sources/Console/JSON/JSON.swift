internal import BlackholeHTTP
internal import FoundationEssentials

/// A JSON value (RFC 8259): what the console reads and says is made of these, field by field.
package indirect enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    /// A string; null without one.
    package init(_ text: String?) { self = text.map(JSON.string) ?? .null }

    /// Strings.
    package init(_ texts: [String]) { self = .array(texts.map(JSON.string)) }

    /// Reads a text; throws if it is not JSON.
    ///
    /// It is UTF-8, and nests 512 deep at most.
    package init(reading text: [UInt8]) throws(Problem) {
        guard let value = try? JSONDecoder().decode(JSON.self, from: Data(text)) else {
            throw Problem(400, "the body is not JSON")
        }
        self = value
    }

    /// The value as a text; names are in the order of their bytes.
    package var text: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A number that JSON has no form for is the one thing that can fail.
        return (try? encoder.encode(self)).map { Array($0) } ?? Array("null".utf8)
    }

    /// The member of an object; nil without one.
    package subscript(name: String) -> JSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// The member of an object whose name is this in any case, as Go's decoder has it.
    func member(_ name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        let name = name.lowercased()
        return members.filter { $0.key.lowercased() == name }.min { $0.key < $1.key }?.value
    }

    /// The string that it is.
    package var string: String? { if case .string(let text) = self { text } else { nil } }

    /// The whole number that it is.
    package var integer: Int? { if case .integer(let number) = self { number } else { nil } }

    /// The truth value that it is.
    package var bool: Bool? { if case .bool(let isTrue) = self { isTrue } else { nil } }

    /// The values of the array that it is.
    package var array: [JSON]? { if case .array(let values) = self { values } else { nil } }

    /// The strings of the array that it is; nil if something else is in it.
    package var strings: [String]? {
        guard let array else { return nil }
        let strings = array.compactMap(\.string)
        return strings.count == array.count ? strings : nil
    }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}

extension JSON: Codable {
    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let isTrue = try? value.decode(Bool.self) {
            self = .bool(isTrue)
        } else if let number = try? value.decode(Int.self) {
            self = .integer(number)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .string(text)
        } else if let values = try? value.decode([JSON].self) {
            self = .array(values)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let isTrue): try value.encode(isTrue)
        case .integer(let number): try value.encode(number)
        case .number(let number): try value.encode(number)
        case .string(let text): try value.encode(text)
        case .array(let values): try value.encode(values)
        case .object(let members): try value.encode(members)
        }
    }
}
