import BlackholeConsole

/// The schemas of the OpenAPI document, as far as it uses JSON Schema.
struct Schema {
    let document: JSON

    /// What is wrong with a value; nil if it is what the schema says.
    func fault(in value: JSON, _ schema: JSON, at path: String = "") -> String? {
        if let reference = schema["$ref"]?.string {
            let steps = reference.dropFirst(2).split(separator: "/")
            let target = steps.reduce(document) { $0[String($1)] ?? .null }
            return target == .null
                ? "there is no \(reference)" : fault(in: value, target, at: path)
        }
        if let choices = schema["anyOf"]?.array {
            let faults = choices.compactMap { fault(in: value, $0, at: path) }
            return faults.count == choices.count ? faults[0] : nil
        }
        if let types = schema["type"]?.strings ?? schema["type"]?.string.map({ [$0] }) {
            guard types.contains(where: { isType(value, $0) }) else {
                return "\(path) is not \(types)"
            }
        }
        if let allowed = schema["enum"]?.array, !allowed.contains(value) {
            return "\(path) is none of \(allowed)"
        }
        switch value {
        case .object(let members): return fault(in: members, schema, at: path)
        case .array(let values): return fault(in: values, schema, at: path)
        default: return nil
        }
    }

    private func fault(in members: [String: JSON], _ schema: JSON, at path: String) -> String? {
        for name in schema["required"]?.strings ?? [] where members[name] == nil {
            return "\(path).\(name) is missing"
        }
        for (name, member) in members {
            if let schema = schema["properties"]?[name] {
                if let fault = fault(in: member, schema, at: "\(path).\(name)") { return fault }
            } else if schema["additionalProperties"]?.bool == false {
                return "\(path).\(name) is not described"
            }
        }
        return nil
    }

    private func fault(in values: [JSON], _ schema: JSON, at path: String) -> String? {
        let first = schema["prefixItems"]?.array ?? []
        for (index, value) in values.enumerated() {
            guard let item = index < first.count ? first[index] : schema["items"] else { continue }
            if item == false { return "\(path) has more than \(first.count) values" }
            if let fault = fault(in: value, item, at: "\(path)[\(index)]") { return fault }
        }
        return nil
    }

    private func isType(_ value: JSON, _ type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.integer, "integer"), (.integer, "number"),
            (.number, "number"), (.string, "string"), (.array, "array"), (.object, "object"):
            true
        default: false
        }
    }
}
