extension SimulatedDialogue {
    mutating func drawWish(_ dice: inout Dice) -> Wish {
        let draw = dice.below(300)
        if draw < 8 { return [.sayLast, .close, .reset, .silence][draw / 2] }
        if draw < 50 { return [.refuse, .refuseMessage, .delayMessage][draw % 3] }
        return .accept
    }

    func sayAddress(_ wish: Wish, _ out: inout WireQueue, _ dice: inout Dice) {
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
    mutating func sayContent(_ out: inout WireQueue, _ dice: inout Dice) {
        isInData = false
        var bytes = 0
        for _ in 0..<dice.drawWide(1...40) - 1 {
            let count = dice.drawWide(1...120) - 1
            let byte = UInt8(0x61 + dice.below(26))
            let start = dice.below(6)
            if start == 0 {
                // The second dot is content, or CR and LF that are no line's end.
                out.append("..\n.\r.")
                for byte in ".\n.\r.".utf8 { hash.add(byte) }
                bytes += 5
            }
            out.append(byte, times: count)
            out.append("\r\n")
            for _ in 0..<count { hash.add(byte) }
            hash.add(0x0D)
            hash.add(0x0A)
            bytes += count + 2
        }
        out.append(".\r\n")
        endMessage(bytes: bytes)
    }
}
