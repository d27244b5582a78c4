/// What the upper half of a charset with one byte for each character means; its lower half is ASCII.
struct SingleByteTable: Sendable {
    /// UTF-16 of the bytes from 0x80; all of it is in the basic plane.
    private let units: [UInt16]

    /// - Parameter characters: 128 of them, or 96 after the C1 controls.
    init(characters: String) {
        let given = Array(characters.utf16)
        units = (given.count == 96 ? Array(0x80...0x9F) : []) + given
        precondition(units.count == 128)
    }

    func decode(_ bytes: ArraySlice<UInt8>, into text: inout TextBuilder) {
        for byte in bytes {
            if byte < 0x80 {
                text.append(ascii: byte)
                continue
            }
            let unit = units[Int(byte & 0x7F)]
            if unit == 0xFFFD {
                text.repair()
            } else {
                text.append(unit: unit)
            }
        }
    }
}
