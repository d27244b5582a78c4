/// The addresses and domains that a file lists: what `@/path` stands for.
package struct AddressList: Sendable {
    private var addresses = TextIndex()
    private var domains = TextIndex()

    /// Creates a list of a text: an address or a domain on each line.
    ///
    /// A domain may have an `@` before it. Blank lines, and lines that begin with `#`, do not count.
    package init(_ text: some Collection<UInt8>) {
        for line in Array(text).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            var line = line.drop { $0 == 0x20 || $0 == 0x09 }
            while let last = line.last, last == 0x20 || last == 0x09 { line.removeLast() }
            guard let first = line.first, first != UInt8(ascii: "#") else { continue }
            if first == UInt8(ascii: "@") {
                _ = domains.insert(line.dropFirst())
            } else if line.contains(UInt8(ascii: "@")) {
                _ = addresses.insert(line)
            } else {
                _ = domains.insert(line)
            }
        }
    }

    /// Creates a list of a text.
    package init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// How many entries it has.
    package var count: Int { addresses.count + domains.count }

    /// Whether an address, or its domain, is listed.
    package func contains(_ address: RawSpan) -> Bool {
        if addresses.find(address) > 0 { return true }
        guard let start = AddressPattern.startOfDomain(in: address) else { return false }
        return domains.find(address.extracting(start..<address.byteCount)) > 0
    }
}
