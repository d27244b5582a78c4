extension Dialogue {
    mutating func drawWish(_ dice: inout Dice) -> Wish {
        let draw = dice.below(300)
        if draw < 8 { return [.sayLast, .close, .reset, .silence][draw / 2] }
        if draw < 50 { return [.refuse, .refuseMessage, .delayMessage][draw % 3] }
        return .accept
    }

    func sayAddress(_ wish: Wish, _ out: inout OctetQueue, _ dice: inout Dice) {
        out.append(wish.rawValue)
        let delay = dice.below(10) == 0 ? dice.below(100) : 0
        out.append(UInt8(delay / 10) + 0x30)
        out.append(UInt8(delay % 10) + 0x30)
        out.append("@example.com>")
    }

    /// Owes what the responder answers to the wish.
    ///
    /// - Returns: whether it is positive.
    mutating func take(_ wish: Wish, refusal: Int) -> Bool {
        switch wish {
        case .accept, .refuseMessage, .delayMessage:
            acknowledge(250, numbered: true)
            return true
        case .refuse:
            acknowledge(refusal, numbered: true)
        case .sayLast: finish(421)
        case .close, .reset, .silence: isOver = true
        }
        return false
    }

    /// Content with its dots stuffed, and the dot that ends it.
    mutating func sayContent(_ out: inout OctetQueue, _ dice: inout Dice) {
        isInData = false
        var octets = 0
        for _ in 0..<dice.drawWide(1...40) - 1 {
            let count = dice.drawWide(1...120) - 1
            let octet = UInt8(0x61 + dice.below(26))
            let start = dice.below(6)
            if start == 0 {
                // The second dot is content, or CR and LF that are no line's end.
                out.append("..\n.\r.")
                for octet in ".\n.\r.".utf8 { hash.add(octet) }
                octets += 5
            }
            out.append(octet, times: count)
            out.append("\r\n")
            for _ in 0..<count { hash.add(octet) }
            hash.add(0x0D)
            hash.add(0x0A)
            octets += count + 2
        }
        out.append(".\r\n")
        endMessage(octets: octets)
    }
}
