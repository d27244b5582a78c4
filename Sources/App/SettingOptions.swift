import ArgumentParser
import BlackholeSink

/// The options of every command: one for each row of the table of settings.
///
/// The parser finds the options of a command by reflection, so it finds these in the mirror.
struct SettingOptions: ParsableArguments, CustomReflectable {
    /// All that the command line says.
    private(set) var assignments: [Assignment] = []

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for setting in Setting.all {
            let option = try container.decode(
                Option<[String]>.self, forKey: Key(stringValue: setting.name))
            assignments += option.wrappedValue.map { Assignment(setting, $0, from: .option) }
        }
    }

    var customMirror: Mirror {
        Mirror(self, children: Setting.all.map { (label: "_\($0.name)", value: $0.option) })
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }

        init?(intValue: Int) { nil }
    }
}

extension Setting {
    fileprivate var option: Option<[String]> {
        Option(
            wrappedValue: [], name: .customLong(name), parsing: .unconditionalSingleValue,
            help: ArgumentHelp("\(help) (default: \(defaultText))", valueName: valueName),
            completion: completionKind)
    }

    private var completionKind: CompletionKind {
        switch completion {
        case .none: .default
        case .file: .file()
        case .directory: .directory
        case .words(let words): .list(words)
        }
    }
}
