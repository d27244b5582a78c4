internal import BlackholePipeline

/// What a text or an address is compared with, ready for use.
enum Matcher: Sendable {
    /// A glob for all of the text.
    case glob(Glob)
    /// A glob for the domain of an address.
    case domain(Glob)
    /// A network; texts never match.
    case network(NetworkBlock)
    /// A list of addresses and domains.
    case list(AddressList)

    /// Creates what an operand is compared by; nil for an operand that is not compared with text.
    init?(_ operand: Rule.Operand, _ lists: [String: AddressList]) {
        switch operand {
        case .text(let glob), .address(.whole(let glob)): self = .glob(glob)
        case .address(.domain(let glob)): self = .domain(glob)
        case .address(.list(let path)): self = .list(lists[path] ?? AddressList(""))
        case .network(let block): self = .network(block)
        case .absent, .encrypted, .number: return nil
        }
    }

    /// Whether a text matches.
    ///
    /// It allocates nothing.
    func matches(_ text: RawSpan) -> Bool {
        switch self {
        case .glob(let glob): return glob.matches(text)
        case .domain(let glob):
            guard let start = AddressPattern.startOfDomain(in: text) else { return false }
            return glob.matches(text.extracting(start..<text.byteCount))
        case .list(let list): return list.contains(text)
        case .network: return false
        }
    }

    /// Whether a peer matches, by its address or its printed form.
    func matches(_ address: NetworkAddress, printed: RawSpan) -> Bool {
        if case .network(let block) = self { return block.contains(address) }
        return matches(printed)
    }
}
