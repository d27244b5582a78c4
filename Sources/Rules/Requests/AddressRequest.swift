internal import BlackholeSMTP

/// What a recipient's address requests for itself: `you+do-452@x`, `450-you@x`, `bounce-550@x`.
public enum AddressRequest {
    /// The reply code that an address requests; nil if it requests none.
    ///
    /// The local part ends with `+do-CODE`, begins with `CODE-`, or is `bounce-CODE`, in any case.
    /// Codes are 400 to 599; `+do-` knows 250 to 259, too. It allocates nothing.
    ///
    /// - Parameter address: the address without its brackets.
    public static func code(in address: RawSpan) -> UInt16? {
        let length = AddressPattern.startOfDomain(in: address).map { $0 - 1 } ?? address.byteCount
        if length > 7, spells("+do-", at: length - 7, in: address),
            let code = code(at: length - 3, in: address)
        {
            return isRefusal(code) || 250...259 ~= code ? code : nil
        }
        if length == 10, spells("bounce-", at: 0, in: address) {
            return code(at: 7, in: address).flatMap { isRefusal($0) ? $0 : nil }
        }
        if length > 4, spells("-", at: 3, in: address) {
            return code(at: 0, in: address).flatMap { isRefusal($0) ? $0 : nil }
        }
        return nil
    }

    /// The reply with a code's own text, made once.
    static func reply(_ code: UInt16) -> Reply {
        replies[Int(code) - 200]
    }

    private static let replies = ReplyTemplate.codes.map { code in
        ReplyPlan(ReplyTemplate(code), at: .recipient).constant ?? Reply(code, "OK")
    }

    private static func isRefusal(_ code: UInt16) -> Bool { 400...599 ~= code }

    private static func spells(_ word: StaticString, at start: Int, in address: RawSpan) -> Bool {
        for index in 0..<word.utf8CodeUnitCount
        where byte(start + index, in: address).small != word.utf8Start[index] {
            return false
        }
        return true
    }

    private static func code(at start: Int, in address: RawSpan) -> UInt16? {
        var code: UInt16 = 0
        for offset in start..<start + 3 {
            let digit = byte(offset, in: address)
            guard digit.isDigit else { return nil }
            code = code * 10 + UInt16(digit & 0x0F)
        }
        return code
    }

    private static func byte(_ offset: Int, in address: RawSpan) -> UInt8 {
        guard offset < address.byteCount else { return 0 }
        return address.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }
}
