"""Messages for each feature of mail: names, and bytes."""

import base64
import quopri

TEXTS = {
    "us-ascii": "Plain text, 1 + 1 = 2.",
    "utf-8": "Grüße, Ελλάδα, Россия, 日本, 😀",
    "utf-7": "Grüße, 日本 + 1",
    "utf-16": "Grüße, 日本",
    "utf-16le": "Grüße, 日本",
    "utf-16be": "Grüße, 日本",
    "utf-32": "Grüße, 日本",
    "utf-32be": "Grüße, 日本",
    "iso-8859-1": "Grüße à la façon",
    "iso-8859-2": "Příliš žluťoučký kůň",
    "iso-8859-3": "Eĥoŝanĝo ĉiuĵaŭde",
    "iso-8859-4": "Rīga, Tallinn, ģĶ",
    "iso-8859-5": "Привет, мир",
    "iso-8859-6": "مرحبا",
    "iso-8859-7": "Καλημέρα",
    "iso-8859-8": "שלום",
    "iso-8859-9": "Günaydın, ığşİ",
    "iso-8859-10": "Sámi, þæöÐ",
    "iso-8859-13": "Labas rytas, ąčęėįšųū",
    "iso-8859-14": "Llŷn, ẁẃẅ",
    "iso-8859-15": "5 €, œuvre",
    "iso-8859-16": "Școală, țară",
    "windows-1250": "Příliš „kůň“",
    "windows-1251": "Привет, «мир»",
    "windows-1252": "“Smart” – 5 €…",
    "windows-1253": "Καλημέρα – €",
    "windows-1254": "Günaydın – €",
    "windows-1255": "שלום – ₪",
    "windows-1256": "مرحبا – €",
    "windows-1257": "Labas – €",
    "windows-1258": "Vi\u00ea\u0323t – €",
    "koi8-r": "Привет, мир",
    "koi8-u": "Привіт, ґанок",
    "ibm866": "Привет, мир",
    "cp437": "Grüße ░▒▓",
    "cp850": "Grüße à la",
    "cp852": "Příliš",
    "tis-620": "สวัสดี",
    "shift_jis": "こんにちは、世界",
    "euc-jp": "こんにちは、世界",
    "iso-2022-jp": "こんにちは、世界",
    "euc-kr": "안녕하세요",
    "ks_c_5601-1987": "안녕하세요",
    "gb2312": "你好，世界",
    "gbk": "你好，世界鎔",
    "gb18030": "你好，世界😀",
    "big5": "你好，世界",
}
PYTHON = {"ks_c_5601-1987": "cp949"}

HEAD = (
    b"From: Ann Example <ann@example.org>\r\nTo: Bob Example <bob@example.org>\r\n"
    b"Date: Tue, 10 Mar 2026 09:30:00 +0100\r\nMessage-ID: <1@example.org>\r\n"
)


def message(fields, body, head=HEAD):
    """A message; fields and body are text or bytes."""
    as_bytes = lambda text: text.encode() if isinstance(text, str) else text
    return head + as_bytes(fields) + b"\r\n" + as_bytes(body)


def encode(data, encoding):
    """A body in a transfer encoding, with CRLF at the ends of lines."""
    if encoding == "base64":
        return base64.encodebytes(data).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        return quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return data


def word(text, charset, encoding):
    data = text.encode(PYTHON.get(charset, charset))
    if encoding == "b":
        return f"=?{charset}?b?{base64.b64encode(data).decode()}?="
    return f"=?{charset}?q?{''.join(f'={byte:02X}' for byte in data)}?="


def charsets():
    for charset, text in TEXTS.items():
        data = (text + "\r\n" + text).encode(PYTHON.get(charset, charset))
        is_wide = charset.startswith(("utf-16", "utf-32"))
        encodings = ["base64", "quoted-printable"] + ([] if is_wide else ["8bit"])
        for encoding in encodings:
            if is_wide and encoding == "quoted-printable":
                body = "".join(f"={byte:02X}" for byte in data)
            else:
                body = encode(data, encoding)
            yield f"charset/{charset}-{encoding}", message(
                f"Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset={charset}\r\n"
                f"Content-Transfer-Encoding: {encoding}\r\n", body)
        yield f"word/{charset}", message(
            f"Subject: {word(text, charset, 'b')} {word(text, charset, 'q')}\r\n", "body\r\n")


def subjects():
    values = {
        "plain": "Hello", "blanks": "  Hello  world ", "folded": "Hello\r\n world\r\n\tagain",
        "empty": "", "only-blanks": "  ", "empty-fold": "\r\n Hello",
        "word-in-text": "a =?utf-8?q?b=C3=A4?= c", "words-adjacent": "=?utf-8?q?a?= =?utf-8?q?b?=",
        "words-folded": "=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "word-empty": "a =?utf-8?q??= b",
        "word-language": "=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=", "word-underscore": "=?utf-8?q?a_b?=",
        "word-lower-hex": "=?utf-8?q?=c3=a4?=", "word-two-charsets": "=?utf-8?q?=C3=A4?= =?koi8-r?q?=C1?=",
        "word-base64-no-padding": "=?utf-8?b?w6Q?=", "word-split-character": "=?utf-8?q?=C3?= =?utf-8?q?=A4?=",
        "word-unknown-charset": "=?x-none?q?a?=", "word-unknown-encoding": "=?utf-8?x?a?=",
        "word-open": "=?utf-8?q?a", "word-glued-before": "a=?utf-8?q?b?=", "word-glued-after": "=?utf-8?q?a?=b",
        "word-long": "=?utf-8?q?" + "a" * 200 + "?=", "word-raw-blank": "=?utf-8?q?a b?=",
        "word-question": "=?utf-8?q?a=3F=3D?=", "raw-utf-8": "Grüße", "quotes": '"a" (b) <c>',
        "word-broken-hex": "=?utf-8?q?a=4?=", "word-invalid-utf-8": "=?utf-8?q?=FF?=",
        "colon": ": a: b", "control": "a\x01b", "long": "word " * 400,
    }
    for name, value in values.items():
        yield f"subject/{name}", message(f"Subject: {value}\r\n", "body\r\n")
    yield "subject/twice", message("Subject: a\r\nSubject: b\r\n", "body\r\n")
    yield "subject/none", message("", "body\r\n")
    yield "subject/case", message("sUBJECT:a\r\n", "body\r\n")
    yield "subject/latin-1", message(b"Subject: Gr\xfc\xdfe\r\n", "body\r\n")


def addresses():
    values = {
        "bare": "a@b.example", "angle": "<a@b.example>", "name": "Ann <a@b.example>",
        "names": "Ann B. Example <a@b.example>", "quoted": '"Example, Ann" <a@b.example>',
        "quoted-pair": '"a \\"b\\" \\\\ c" <a@b.example>', "two": "a@b.example, c@d.example",
        "folded": "a@b.example,\r\n c@d.example", "comment": "a@b.example (Ann)",
        "comment-before": "(Ann) a@b.example", "comments-nested": "a@b.example (x (y) z)",
        "group": "friends: a@b.example, Cee <c@d.example>;", "group-empty": "undisclosed-recipients:;",
        "group-and-more": "g: a@b.example;, c@d.example", "word": "=?utf-8?q?J=C3=BCrgen?= <a@b.example>",
        "words": "=?utf-8?q?J=C3=BC?= =?utf-8?q?rgen?= <a@b.example>", "raw-utf-8": "Jürgen <a@b.example>",
        "word-in-quotes": '"=?utf-8?q?J=C3=BCrgen?=" <a@b.example>', "utf-8-address": "<jürgen@bücher.example>",
        "quoted-local": '<"a b"@c.example>', "quoted-local-bare": '"a b"@c.example', "literal": "<a@[192.0.2.1]>",
        "ipv6": "<a@[IPv6:2001:db8::1]>", "route": "<@x.example,@y.example:a@b.example>",
        "dots": "a.b.c@d.e.example", "plus": "a+tag@b.example", "specials": "!#$%&'*+-/=?^_`{|}~@b.example",
        "blanks": "a @ b.example", "angle-blanks": "Ann < a@b.example >", "empty": "", "empty-item": "a@b.example,, c@d.example",
        "empty-name": '"" <a@b.example>', "no-domain": "ann", "no-local": "@b.example", "no-close": "Ann <a@b.example",
        "no-open": "Ann a@b.example>", "two-at": "a@b@c.example", "semicolon": "a@b.example; c@d.example",
        "name-with-at": "a@b.example <c@d.example>", "name-with-dot": "A. B <a@b.example>", "only-name": "Ann Example",
        "null": "<>", "many": ", ".join(f"u{n}@b.example" for n in range(200)), "trailing-comma": "a@b.example,",
        "name-folded": "Ann\r\n Example\r\n <a@b.example>", "tab": "Ann\tExample\t<a@b.example>",
        "long-name": "a" * 500 + " <a@b.example>", "word-with-comma": "=?utf-8?q?a=2C_b?= <a@b.example>",
        "apostrophes": "'Ann' <a@b.example>", "words-two-charsets": "=?utf-8?q?=C3=A4?= =?koi8-r?q?=C1?= <a@b.example>",
    }
    for name, value in values.items():
        head = f"From: Ann <ann@example.org>\r\nTo: {value}\r\nCc: {value}\r\n".encode()
        yield f"address/{name}", message("Subject: a\r\n", "body\r\n", head)


def dates():
    values = {
        "plain": "Tue, 10 Mar 2026 09:30:00 +0100", "no-day": "10 Mar 2026 09:30:00 +0100",
        "no-seconds": "Tue, 10 Mar 2026 09:30 +0100", "gmt": "Tue, 10 Mar 2026 09:30:00 GMT",
        "ut": "Tue, 10 Mar 2026 09:30:00 UT", "est": "Tue, 10 Mar 2026 09:30:00 EST",
        "pdt": "Tue, 10 Mar 2026 09:30:00 PDT", "minus-zero": "Tue, 10 Mar 2026 09:30:00 -0000",
        "one-digit": "Tue, 3 Mar 2026 09:30:00 +0100", "comment": "Tue, 10 Mar 2026 09:30:00 +0100 (CET)",
        "folded": "Tue,\r\n 10 Mar 2026\r\n 09:30:00 +0100", "year-2": "Tue, 10 Mar 98 09:30:00 +0100",
        "year-2-low": "Tue, 10 Mar 26 09:30:00 +0100", "year-3": "Tue, 10 Mar 126 09:30:00 +0100",
        "leap": "Thu, 29 Feb 2024 23:59:59 -1200", "no-leap": "Wed, 29 Feb 2023 09:30:00 +0000",
        "words": "yesterday", "empty": "", "military": "Tue, 10 Mar 2026 09:30:00 Z",
        "wrong-day": "Mon, 10 Mar 2026 09:30:00 +0100", "hour-24": "Tue, 10 Mar 2026 24:30:00 +0100",
        "zone-half": "Tue, 10 Mar 2026 09:30:00 +0530", "month-lower": "Tue, 10 mar 2026 09:30:00 +0100",
        "no-zone": "Tue, 10 Mar 2026 09:30:00", "no-time": "Tue, 10 Mar 2026", "old": "Thu, 1 Jan 1970 00:00:00 +0000",
        "older": "Sun, 1 Jan 1950 00:00:00 +0000", "far": "Fri, 31 Dec 9999 23:59:59 +0000",
        "blanks": "  Tue ,  10  Mar  2026  09:30:00  +0100 ", "leap-second": "Sat, 31 Dec 2016 23:59:60 +0000",
    }
    for name, value in values.items():
        head = f"From: Ann <ann@example.org>\r\nDate: {value}\r\n".encode()
        yield f"date/{name}", message("Subject: a\r\n", "body\r\n", head)


def file_names():
    values = {
        "token": "filename=a.txt", "quoted": 'filename="a b.txt"', "quoted-pair": 'filename="a\\"b\\\\c.txt"',
        "2231": "filename*=utf-8''%C3%A4.txt", "2231-language": "filename*=utf-8'de'%C3%A4.txt",
        "2231-latin-1": "filename*=iso-8859-1''%E4.txt", "2231-sections": 'filename*0="a";\r\n filename*1="b.txt"',
        "2231-sections-extended": "filename*0*=utf-8''%C3;\r\n filename*1*=%A4.txt",
        "2231-sections-mixed": "filename*0*=utf-8''%C3%A4;\r\n filename*1=\"b%20.txt\"",
        "2231-sections-unordered": 'filename*1="b.txt";\r\n filename*0="a"',
        "2231-many": ";\r\n ".join(f'filename*{n}="{n:x}"' for n in range(12)),
        "2231-and-plain": "filename=a.txt; filename*=utf-8''%C3%A4.txt", "2047": 'filename="=?utf-8?q?=C3=A4.txt?="',
        "2047-bare": "filename==?utf-8?q?=C3=A4.txt?=", "raw-utf-8": 'filename="ä.txt"', "case": "FileName=a.txt",
        "blanks": "filename = a.txt", "blank-inside": "filename=a b.txt", "empty": 'filename=""',
        "semicolon": 'filename="a;b.txt"', "percent": 'filename="a%20b.txt"', "path": 'filename="C:\\\\a\\\\b.txt"',
        "twice": "filename=a.txt; filename=b.txt", "comment": "filename=a.txt (a comment)", "open-quote": 'filename="a.txt',
        "no-semicolon": "filename=a.txt size=3", "other": "size=3; filename=a.txt; creation-date=\"Tue\"",
        "2231-unknown-charset": "filename*=x-none''a.txt", "2231-no-charset": "filename*=''a%20.txt",
        "2231-no-quotes": "filename*=a%20b.txt", "trailing-semicolon": "filename=a.txt;",
    }
    for name, value in values.items():
        yield f"file/{name}", message(
            "Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
            f"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; {value}\r\n", "YWJj\r\n")
        value = value.replace("filename", "name").replace("FileName", "NAME")
        yield f"name/{name}", message(
            f"Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; {value}\r\n"
            "Content-Transfer-Encoding: base64\r\n", "YWJj\r\n")


def bodies():
    values = {
        "base64-one-line": ("base64", "YWJj" * 100), "base64-no-padding": ("base64", "YWI"),
        "base64-junk": ("base64", "YW!Jj\r\n"), "base64-blanks": ("base64", " YW Jj \r\n\r\n YWJj"),
        "base64-footer": ("base64", "YWJj\r\n-- \r\nlist"), "base64-two": ("base64", "YQ==\r\nYg==\r\n"),
        "base64-empty": ("base64", ""), "base64-capitals": ("BASE64", "YWJj"), "base64-comment": ("base64 (c)", "YWJj"),
        "qp-soft": ("quoted-printable", "a=\r\nb"), "qp-soft-blank": ("quoted-printable", "a= \r\nb"),
        "qp-trailing-blanks": ("quoted-printable", "a \t\r\nb "), "qp-lower": ("quoted-printable", "=c3=a4"),
        "qp-broken": ("quoted-printable", "a=4 =zz ="), "qp-equals-end": ("quoted-printable", "a="),
        "qp-raw": ("quoted-printable", "ä=C3=A4"), "qp-crlf": ("quoted-printable", "a=0D=0Ab"),
        "qp-encoded-blank": ("quoted-printable", "a=20\r\nb=09\r\n"), "7bit": ("7bit", "a\r\nb\r\n"),
        "8bit": ("8bit", "ä\r\n"), "binary": ("binary", "ä\x00b"), "unknown": ("x-none", "YWJj"),
        "uuencode": ("x-uuencode", "begin 644 a\r\n#86)C\r\n`\r\nend\r\n"), "empty-name": ("", "a"),
        "bare-lf": ("7bit", "a\nb\n"), "bare-cr": ("7bit", "a\rb\r"), "no-last-end": ("7bit", "a"),
        "dots": ("7bit", ".\r\n..\r\n"), "blank-lines": ("7bit", "\r\n\r\na\r\n\r\n"), "long-line": ("7bit", "a" * 5000),
    }
    for name, (encoding, body) in values.items():
        yield f"body/{name}", message(
            "Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
            f"Content-Transfer-Encoding: {encoding}\r\n", body)


def types():
    values = {
        "none": None, "html": "text/html", "capitals": "TEXT/PLAIN; CHARSET=UTF-8", "no-subtype": "text", "empty": "",
        "quoted-charset": 'text/plain; charset="utf-8"', "comment": "text/plain (a comment); charset=utf-8 (b)",
        "folded": "text/plain;\r\n charset=utf-8", "semicolons": "text/plain;;; charset=utf-8;", "octets": "application/octet-stream",
        "image": "image/png", "blank": "text / plain", "format-flowed": "text/plain; format=flowed; delsp=yes",
        "json": "application/json; charset=utf-8", "calendar": "text/calendar; method=REQUEST", "odd": "x-a/x-b.c+d",
    }
    for name, value in values.items():
        field = "" if value is None else f"Content-Type: {value}\r\n"
        yield f"type/{name}", message(f"Subject: a\r\nMIME-Version: 1.0\r\n{field}", "Hello\r\n")
    yield "type/twice", message(
        "Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\nContent-Type: text/html\r\n", "<p>\r\n")
    yield "type/no-version", message("Subject: a\r\nContent-Type: text/html\r\n", "<p>\r\n")


PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\nText"
HTML = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>HTML</p>"
FILE = (
    "Content-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nYWJj"
)
INLINE = (
    "Content-Type: image/png\r\nContent-Disposition: inline; filename=a.png\r\nContent-ID: <a@example.org>\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nYWJj"
)
INNER = "Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nInner"


def multipart(kind, *parts, boundary="x", start="", end="\r\n"):
    lines = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary=\"{boundary}\"\r\n\r\n{start}{lines}--{boundary}--{end}"


def trees():
    alternative = multipart("alternative", PLAIN, HTML, boundary="alt")
    related = multipart("related", HTML, INLINE, boundary="rel")
    deep = PLAIN
    for level in range(30):
        deep = multipart("mixed", deep, boundary=f"level{level:02}")
    values = {
        "mixed": multipart("mixed", PLAIN, FILE), "alternative": alternative, "related": related,
        "mixed-alternative": multipart("mixed", alternative, FILE),
        "mixed-related": multipart("mixed", related, FILE),
        "alternative-related": multipart("alternative", PLAIN, related),
        "related-alternative": multipart("related", alternative, INLINE), "digest": multipart("digest", "\r\nSubject: a\r\n\r\nb"),
        "message": multipart("mixed", PLAIN, INNER), "two-texts": multipart("mixed", PLAIN, PLAIN), "deep": deep,
        "report": multipart("report", PLAIN, "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n", INNER),
        "signed": multipart("signed", PLAIN, "Content-Type: application/pgp-signature\r\n\r\nabc"),
        "preamble": multipart("mixed", PLAIN, start="This is a preamble.\r\n", end="\r\nEpilogue\r\n"),
        "one": multipart("mixed", PLAIN), "no-headers": multipart("mixed", "\r\nText"), "empty-part": multipart("mixed", "", PLAIN),
        "prefixes": multipart("mixed", multipart("mixed", PLAIN, boundary="xx"), FILE),
        "same-boundary": multipart("mixed", alternative, alternative),
        "boundary-blanks": multipart("mixed", PLAIN, FILE).replace("--x\r\n", "--x \t\r\n"),
        "boundary-odd": multipart("mixed", PLAIN, FILE, boundary="'()+_,-./:=?"), "midline": multipart("mixed", PLAIN + " --x\r\n--xy\r\n -- x"),
        "unclosed": multipart("mixed", PLAIN, FILE).replace("--x--", ""), "only-close": multipart("mixed"),
        "no-boundary": "Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\nText\r\n--x--\r\n",
        "wrong-boundary": "Content-Type: multipart/mixed; boundary=y\r\n\r\n--x\r\n\r\nText\r\n--x--\r\n",
        "empty-boundary": "Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\nText\r\n----\r\n",
        "closed-twice": multipart("mixed", PLAIN) + "--x\r\n\r\nMore\r\n--x--\r\n", "unknown": multipart("x-none", PLAIN, HTML),
        "base64": "Content-Transfer-Encoding: base64\r\n" + multipart("mixed", PLAIN, FILE),
        "bad-part-header": multipart("mixed", "Content-Type text/plain\r\n\r\nText", FILE), "header-only-part": multipart("mixed", "Content-Type: text/html"),
        "unnamed": multipart("mixed", PLAIN, "Content-Type: application/pdf\r\n\r\nabc"),
        "inline-text": multipart("mixed", PLAIN, "Content-Type: text/plain\r\nContent-Disposition: inline\r\n\r\nMore"),
        "attached-text": multipart("mixed", "Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nFile", PLAIN),
        "calendar": multipart("alternative", PLAIN, HTML, "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR"),
        "many": multipart("mixed", *[PLAIN] * 200), "html-first": multipart("alternative", HTML, PLAIN),
        "lf": multipart("mixed", PLAIN, FILE).replace("\r\n", "\n"), "outer-ends-inner": multipart("mixed", multipart("mixed", PLAIN, boundary="in").replace("--in--", ""), FILE),
    }
    for name, value in values.items():
        yield f"tree/{name}", HEAD + b"Subject: a\r\nMIME-Version: 1.0\r\n" + value.encode()


def headers():
    values = {
        "lf": b"Subject: a\nTo: b@example.org\n\nbody\n", "cr": b"Subject: a\rTo: b@example.org\r\rbody\r",
        "mbox": b"From a@b Tue Mar 10 09:30:00 2026\r\nSubject: a\r\n\r\nbody\r\n", "no-colon": b"Subject: a\r\nbad line\r\nTo: b@c\r\n\r\nbody\r\n",
        "blank-before-colon": b"Subject : a\r\n\r\nbody\r\n", "no-body": b"Subject: a\r\n", "no-end": b"Subject: a",
        "empty": b"", "only-empty-line": b"\r\n", "body-only": b"\r\nbody\r\n", "no-header": b"Just text.\r\n",
        "blank-line": b"Subject: a\r\n \r\nTo: b@example.org\r\n\r\nbody\r\n", "nul": b"Subject: a\x00b\r\n\r\nbody\r\n",
        "no-blank": b"Subject:a\r\n\r\nbody\r\n", "long-name": b"X-" + b"a" * 300 + b": b\r\nSubject: a\r\n\r\nbody\r\n",
        "begins-with-blank": b" Subject: a\r\nTo: b@example.org\r\n\r\nbody\r\n", "message-id-odd": b"Message-ID: abc\r\n\r\n",
        "message-id-blanks": b"Message-ID: < abc@d >\r\n\r\n", "many": b"".join(b"X-%d: a\r\n" % n for n in range(300)) + b"Subject: a\r\n\r\nb",
    }
    for name, value in values.items():
        yield f"header/{name}", value


def messages():
    for group in (charsets, subjects, addresses, dates, file_names, bodies, types, trees, headers):
        yield from group()
