/// The endings that some server has taken for the end of a message, and none may.
enum Smuggling {
    /// Each stands behind the last byte of a line.
    static let endings: [[UInt8]] =
        ([
            "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\r.\n", "\n.\r",
            "\r\n..\r\n", "\r\n. \r\n", "\r\n.\0\r\n", "\r\n.\r\r\n", "\r\r\n.\r\r\n", "\n\n.\n\n",
            "\n\r.\n\r", "\r\n\0.\r\n", "\0\r\n\0.\0\r\n", "\n.\r\r\n", "\r\r.\r\r\n",
            "\r\n.\n\r\n", "\n\r\r\n\r.\r\n", "\r\n .\r\n", "\r\n.\t\r\n", "\r\n.\u{b}\r\n",
        ] as [StaticString]).map { [UInt8]($0) }
        + [
            // NEL, alone and as UTF-8, and the line separator.
            [0x85, 0x2E, 0x85], [0xC2, 0x85, 0x2E, 0xC2, 0x85],
            [0xE2, 0x80, 0xA8, 0x2E, 0xE2, 0x80, 0xA8],
        ]
}
