import Foundation
import Testing

/// An input that broke other programs, and what must come of it: a file of the folder Cases.
struct RuleCase: Decodable, CustomTestStringConvertible {
    /// A recipient that a client names at a time, and the code that it hears; without a recipient the
    /// code is the greeting's.
    struct Saying: Decodable {
        let seconds: Int64
        let peer: String
        let recipient: String
        let code: Int

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            seconds = try row.decode(Int64.self)
            peer = try row.decode(String.self)
            recipient = try row.decode(String.self)
            code = try row.decode(Int.self)
        }
    }

    /// An address, and whether the first rule matches it.
    struct Match: Decodable {
        let address: String
        let matches: Bool

        init(from decoder: any Decoder) throws {
            var row = try decoder.unkeyedContainer()
            address = try row.decode(String.self)
            matches = try row.decode(Bool.self)
        }
    }

    struct Repetition: Decodable {
        let recipients: Int
        let seeds: [UInt64]?
    }

    struct Flood: Decodable {
        let keys: Int
        let hot: String
        let hotEvery: Int
    }

    struct Message: Decodable {
        let to: [String]
    }

    struct Expectation: Decodable {
        let hits: [String: UInt64]?
        let mail: [String: Int]?
        let rcpt: [String: Int]?
        let acceptedMax: Int?
        let identicalSequences: Bool?
        let hotRefused: Bool?
        let memoryMax: UInt64?
    }

    let name: String
    let rules: [String]?
    let rulesBad: [String]?
    let rulesGood: [String]?
    let rulesRound: [String]?
    let say: [Saying]?
    let thenRules: [String]?
    let thenSay: [Saying]?
    let match: [Match]?
    /// Seconds, and how many matches come then.
    let burst: [[Int64]]?
    let `repeat`: Repetition?
    let flood: Flood?
    let messages: [Message]?
    let metrics: [String: Int]?
    let expect: Expectation?

    var testDescription: String { name }

    /// All files of the folder.
    static let all: [RuleCase] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Cases")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { name in
            do {
                let data = try Data(contentsOf: folder.appending(path: name))
                return try decoder.decode(RuleCase.self, from: data)
            } catch {
                fatalError("\(name): \(error)")
            }
        }
    }()
}
