import BlackholeInbox
import Testing

/// RFC 2047.
@Suite struct `Encoded words` {
    @Test(arguments: [
        ("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"), ("=?UTF-8?Q?Gr=C3=BC=C3=9Fe_!?= x", "Grüße ! x"),
        ("=?iso-8859-1?q?Gr=FC=dfe?=", "Grüße"), ("=?iso-8859-2?q?=A9?=", "Š"),
        ("=?utf-8*de?q?a?=", "a"), ("a =?utf-8?q?b?= c", "a b c"), ("plain", "plain"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"), ("=?koi8-r?b?8NLJ18XU?=", "Привет"),
    ]) func `are decoded by their charset`(value: String, text: String) {
        #expect(EncodedWords.decode(Array(value.utf8)) == text)
    }

    @Test(arguments: [
        // The blanks between two words are none of the text (§6.2), those beside other text are.
        ("=?utf-8?q?a?=  \t =?utf-8?q?b?= c", "ab c"), ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?utf-8?q?a?= =?latin1?q?=E9?= =?utf-8?b?YQ==?=", "aéa"),
        // A character, and base64 itself, divided between two words.
        ("=?utf-8?q?a=C3?= =?UTF-8*en?q?=BC?=", "aü"), ("=?utf-8?b?w?= =?utf-8?b?7w=?=", "ü"),
        ("=?utf-8?b?YcM=?= =?utf-8?b?vA==?=", "aü"), ("=?utf-8?q?=C3?= =?utf-8?b?vA==?=", "ü"),
        ("=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
    ]) func `side by side are one text`(value: String, text: String) {
        #expect(EncodedWords.decode(Array(value.utf8)) == text)
    }

    @Test(arguments: [
        // What is no word stays.
        ("=?utf-8?q?a", "=?utf-8?q?a"), ("=?utf-8?x?a?=", "=?utf-8?x?a?="), ("=?", "=?"),
        ("=?utf-8?b?!?= y", "=?utf-8?b?!?= y"), ("=??q?a?=", "=??q?a?="), ("=?a?q?", "=?a?q?"),
        // What is broken within one is repaired.
        ("=?utf-8?q?=4?=", "=4"), ("=?utf-8?q?=C3?=", "\u{FFFD}"), ("=?utf-8?b?YW?=", "a"),
        ("=?utf-8?q?a b?=", "a b"), ("=?utf-8?q?why??=", "why?"), ("=?utf-8?b?Y W\tI=?=", "ab"),
        ("=?x-none?q?a=E9?=", "a\u{FFFD}"), ("=?utf-8?q??= x", " x"),
        // Glued to what is beside it.
        ("[x]=?utf-8?q?a?=y", "[x]ay"), ("=?x=?utf-8?q?a?=", "=?xa"),
    ]) func `that are broken leave text that can be read`(value: String, text: String) {
        #expect(EncodedWords.decode(Array(value.utf8)) == text)
    }

    @Test(arguments: [
        ("=?x?y?z?=", MIMEMessage.Defect.badWord), ("=?x-none?q?a?=", .unknownCharset),
        ("=?utf-8?q?=FF?=", .badCharacters), ("x=?utf-8?q?a?=", .gluedWord),
        ("=?utf-8?b?YW?=", .base64Padding),
    ]) func `that are broken are defects`(value: String, defect: MIMEMessage.Defect) {
        #expect(MIMEMessage(Array("Subject: \(value)\r\n\r\n".utf8)).defects == [defect])
    }
}
