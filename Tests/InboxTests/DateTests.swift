import BlackholeInbox
import Testing

/// RFC 5322 §3.3 and §4.3, and RFC 3339 for what is said of it.
@Suite struct `A date` {
    private func date(_ value: String) -> MIMEMessage.Date? {
        MIMEMessage(Array("Date: \(value)\r\n\r\n".utf8)).date
    }

    @Test(arguments: [
        ("Tue, 10 Mar 2026 09:30:00 +0100", "2026-03-10T09:30:00+01:00"),
        ("10 Mar 2026 09:30 -0330", "2026-03-10T09:30:00-03:30"),
        ("Thu, 1 Jan 1970 00:00:00 +0000", "1970-01-01T00:00:00Z"),
        ("Thu, 29 Feb 2024 23:59:60 -0000", "2024-03-01T00:00:00Z"),
        ("1 Jan 0001 00:00:00 +2359", "0001-01-01T00:00:00+23:59"),
    ]) func `is read in the form of today`(value: String, description: String) {
        #expect(date(value)?.description == description)
    }

    @Test(arguments: [
        ("Fri, 21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06Z"),
        ("21 Nov 49 09:55 UT", "2049-11-21T09:55:00Z"),
        ("21 Nov 125 09:55 EST", "2025-11-21T09:55:00-05:00"),
        ("Sun, 27 Oct 2002 23:57:07 PDT", "2002-10-27T23:57:07-07:00"),
        ("Fri , 12 (the twelfth) Dec 2025 16 : 29 : 29 Z", "2025-12-12T16:29:29Z"),
        ("Thu, 6 Oct 2022 12:27:13 +0200 (GMT+02:00)", "2022-10-06T12:27:13+02:00"),
        ("6 Oct 2022 12:27:13 XYZ", "2022-10-06T12:27:13Z"),
        ("6 Oct 2022 12:27:13", "2022-10-06T12:27:13Z"),
    ]) func `is read in the forms of RFC 822`(value: String, description: String) {
        #expect(date(value)?.description == description)
    }

    @Test(arguments: [
        ("Fri Dec 12 16:29:29 2025", "2025-12-12T16:29:29Z"),
        ("tuesday 10 march 2026 09:30:00 +0100", "2026-03-10T09:30:00+01:00"),
    ]) func `is read as other programs write it`(value: String, description: String) {
        #expect(date(value)?.description == description)
    }

    @Test(arguments: [
        "", "some time last week", "32 Mar 2026 09:30:00 +0000", "29 Feb 2025 09:30:00 +0000",
        "0 Mar 2026 09:30 +0000",
        "10 Mar 2026 24:00:00 +0000", "10 Mar 2026 09:60:00 +0000", "10 Mar 2026 09:30:61 +0000",
        "10 Mar 2026 09:30:00 +9999",
        "10 Mar 2026 09:30:00 +0160", "10 Mar 99999 09:30:00 +0000",
        "10 Mar 999999999999999999999 09:30 +0000", "10 Mrz 2026 09:30:00 +0000",
        "10 Mar 2026", "2026-03-10T09:30:00Z",
    ]) func `that cannot be is none`(value: String) {
        #expect(date(value) == nil)
        #expect(MIMEMessage(Array("Date: \(value)\r\n\r\n".utf8)).defects == [.badDate])
    }

    @Test func `counts seconds from 1970 on`() {
        #expect(date("Tue, 10 Mar 2026 09:30:00 +0100")?.secondsSince1970 == 1_773_131_400)
        #expect(date("Tue, 10 Mar 2026 09:30:00 +0100")?.zone == 60)
        #expect(date("31 Dec 1969 23:59:59 +0000")?.secondsSince1970 == -1)
    }

    @Test func `has a description whatever it is`() {
        #expect(MIMEMessage.Date(secondsSince1970: -1).description == "1969-12-31T23:59:59Z")
        for seconds in [Int64.min, .min / 2, .max] {
            #expect(
                MIMEMessage.Date(secondsSince1970: seconds, zone: -90).description.hasSuffix(
                    "-01:30"))
        }
    }
}
