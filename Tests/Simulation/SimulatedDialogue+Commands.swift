import BlackholeSMTP

extension SimulatedDialogue {
    /// Says the next command, or the content that is due.
    mutating func speak(_ out: inout WireQueue, _ dice: inout Dice) {
        mustWait = false
        if isInData { return sayContent(&out, &dice) }
        // Mostly what leads on to a message.
        switch dice.below(20) {
        case 0: sayAside(&out, &dice)
        case 1: sayWrong(&out, &dice)
        case 2: sayAnything(&out, &dice)
        default: sayNext(&out, &dice)
        }
    }

    mutating func quit(_ out: inout WireQueue) {
        out.append("QUIT\r\n")
        if !isOver { finish(221) }
    }

    private mutating func sayNext(_ out: inout WireQueue, _ dice: inout Dice) {
        switch phase {
        case .refused: sayAside(&out, &dice)
        case .greeted: sayHello(&out, &dice)
        case .ready: sayMail(&out, &dice)
        case .mail: sayRecipient(&out, &dice)
        case .recipients:
            switch dice.below(4) {
            case 0: sayRecipient(&out, &dice)
            case 1: sayChunk(&out, &dice)
            default: sayData(&out)
            }
        case .chunks: sayChunk(&out, &dice)
        }
    }

    private mutating func sayAnything(_ out: inout WireQueue, _ dice: inout Dice) {
        switch dice.below(6) {
        case 0: sayHello(&out, &dice)
        case 1: sayMail(&out, &dice)
        case 2: sayRecipient(&out, &dice)
        case 3: sayData(&out)
        case 4: sayChunk(&out, &dice)
        default:
            out.append("RSET\r\n")
            if phase == .refused { return refuse(503) }
            forgetTransaction()
            acknowledge(250)
        }
    }

    private mutating func sayHello(_ out: inout WireQueue, _ dice: inout Dice) {
        let isOther = dice.below(4) == 0
        if mail == .lmtp {
            out.append(isOther ? "EHLO c\r\n" : "lhlo c.example\r\n")
        } else {
            out.append(isOther ? "HELO c\r\n" : "ehlo c.example\r\n")
        }
        if phase == .refused { return refuse(503) }
        if mail == .lmtp, isOther { return refuse(500) }
        forgetTransaction()
        phase = .ready
        acknowledge(250)
    }

    private mutating func sayMail(_ out: inout WireQueue, _ dice: inout Dice) {
        let wish = drawWish(&dice)
        out.append("MAIL FROM:<")
        sayAddress(wish, &out, &dice)
        let binary = dice.below(8) == 0
        let size = dice.below(8) == 0 ? 10 : dice.below(8) == 0 ? 10_000_000 : 0
        if binary { out.append(" BODY=BINARYMIME") }
        if size > 0 {
            out.append(" SIZE=")
            out.append(decimal: size)
        }
        out.append("\r\n")
        guard phase == .ready else { return refuse(503) }
        guard !isTooBig(size) else { return refuse(552) }
        guard take(wish, refusal: 550) else { return }
        messageWish = wish
        phase = .mail
        isBinary = binary
    }

    private mutating func sayRecipient(_ out: inout WireQueue, _ dice: inout Dice) {
        let wish = drawWish(&dice)
        out.append("RCPT TO:<")
        sayAddress(wish, &out, &dice)
        out.append("\r\n")
        guard phase == .mail || phase == .recipients else { return refuse(503) }
        guard take(wish, refusal: 550) else {
            hasRefusedRecipient = mail == .smtp
            return
        }
        if wish != .accept { messageWish = wish }
        recipients += 1
        phase = .recipients
    }

    private mutating func sayData(_ out: inout WireQueue) {
        out.append("DATA\r\n")
        mustWait = true
        switch phase {
        case .refused, .greeted, .ready, .chunks: refuse(503)
        case .mail: refuse(hasRefusedRecipient ? 554 : 503)
        case .recipients where isBinary: refuse(503)
        case .recipients:
            acknowledge(354)
            isInData = true
        }
    }

    private mutating func sayChunk(_ out: inout WireQueue, _ dice: inout Dice) {
        let count = dice.below(4) == 0 ? dice.below(3) : dice.drawWide(1...3000)
        let isLast = dice.below(3) > 0
        out.append("BDAT ")
        out.append(decimal: count)
        out.append(isLast ? " LAST\r\n" : "\r\n")
        let isTaken = phase == .recipients || phase == .chunks
        let byte = UInt8(truncatingIfNeeded: dice.next())
        for index in 0..<count {
            let next = byte &+ UInt8(truncatingIfNeeded: index)
            out.append(next)
            if isTaken { hash.add(next) }
        }
        guard isTaken else {
            return refuse(phase == .mail && hasRefusedRecipient ? 554 : 503)
        }
        phase = .chunks
        chunkBytes += count
        if isLast || isTooBig(chunkBytes) {
            endMessage(bytes: chunkBytes, isLast: isLast)
        } else {
            acknowledge(250)
        }
    }

    /// What changes nothing.
    private mutating func sayAside(_ out: inout WireQueue, _ dice: inout Dice) {
        let (text, code, isNumbered): (StaticString, Int, Bool) =
            switch dice.below(4) {
            case 0: ("VRFY x\r\n", 252, true)
            case 1: ("HELP\r\n", 214, false)
            default: ("Noop\r\n", 250, true)
            }
        out.append(text)
        if phase == .refused { return refuse(503) }
        acknowledge(code, numbered: isNumbered)
    }

    private mutating func sayWrong(_ out: inout WireQueue, _ dice: inout Dice) {
        let isRefused = phase == .refused
        switch dice.below(9) {
        case 0: out.append("\r\n")
        case 1: out.append("NO\0OP\r\n")
        case 2: out.append("NOOP\nQUIT\r\n")
        case 3:
            // The shortest that is too long.
            out.append(0x78, times: limits.maximumLineLength - 1 + dice.below(3000))
            out.append("\r\n")
        case 4:
            // The longest that is not.
            out.append("NOOP ")
            out.append(0x78, times: limits.maximumLineLength - 7)
            out.append("\r\n")
            return isRefused ? refuse(503) : acknowledge(250, numbered: true)
        case 5:
            out.append("QUIT now\r\n")
            // QUIT is the one verb that a refused connection has.
            return refuse(501)
        case 6:
            out.append("WHAT\r\n")
            return refuse(isRefused ? 503 : 500)
        case 7:
            out.append("STARTTLS\r\n")
            return refuse(isRefused ? 503 : 502)
        default:
            out.append("VRFY\r\n")
            return refuse(isRefused ? 503 : 501)
        }
        refuse(500)
    }
}
