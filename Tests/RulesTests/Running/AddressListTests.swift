import BlackholeRules
import Testing

@Suite struct AddressListTests {
    private func contains(_ list: AddressList, _ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return list.contains(bytes.span.bytes)
    }

    @Test func `a list finds each of many entries in any case, and nothing else`() {
        let names = (0..<5_000).map { "user\($0)@d\($0 % 77).example" }
        let list = AddressList(names.joined(separator: "\n") + "\n@dom.example\n")
        #expect(list.count == 5_001)
        for name in names {
            #expect(contains(list, name.uppercased()))
            #expect(!contains(list, "x\(name)"))
        }
        #expect(contains(list, "any@DOM.example"))
        #expect(!contains(list, "dom.example"))
        #expect(!contains(AddressList(""), "a@b"))
    }
}
