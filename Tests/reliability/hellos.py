"""ClientHellos, made by hand: of any group, size and session ticket."""

import os
import struct
import subprocess

# Named groups (RFC 8446 §4.2.7).
P256, P384, X25519, FFDHE8192 = 0x0017, 0x0018, 0x001D, 0x0104
SHARE_BYTES = {X25519: 32, FFDHE8192: 1024}
CURVES = {P256: "P-256", P384: "P-384"}


def _vector(data, width=2):
    return len(data).to_bytes(width, "big") + data


def _extension(number, data):
    return struct.pack(">H", number) + _vector(data)


def key_share(group):
    """A public key of the group: one that a server computes with."""
    if group in SHARE_BYTES:
        # Below the prime of the group, whose first eight bytes are all ones.
        return b"\x7f" + os.urandom(SHARE_BYTES[group] - 1)
    key = subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-outform", "DER", "-pkeyopt",
                          f"ec_paramgen_curve:{CURVES[group]}"], check=True,
                         capture_output=True).stdout
    public = subprocess.run(["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"],
                            input=key, check=True, capture_output=True).stdout
    # The point, uncompressed, is what the public key ends with.
    return public[-(1 + 2 * (32 if group == P256 else 48)):]


def records(message, kind=22, version=0x0301, payload=16_384):
    """A message in as many records as it takes."""
    pieces = [message[start:start + payload] for start in range(0, len(message), payload)]
    return b"".join(struct.pack(">BHH", kind, version, len(piece)) + piece for piece in pieces)


def message(body):
    """A ClientHello's body with its header."""
    return b"\x01" + len(body).to_bytes(3, "big") + body


def client_hello(group=X25519, share=None, ticket=0, padding=0, version=0x0304, shares=True,
                 random=None):
    """A ClientHello of TLS 1.3, or of 1.2, in records.

    - group: the one group that it names, and has a share of unless `shares` is false.
    - ticket: how many bytes a forged ticket of the server has (RFC 5077, RFC 8446 §4.2.11).
    - padding: the bytes of padding (RFC 7685).
    - random: the 64 bytes of random and session id, which a second ClientHello must repeat.
    """
    algorithms = bytes.fromhex("0403080404010503080505010806060102010203")
    extensions = _extension(10, _vector(struct.pack(">H", group)))
    extensions += _extension(11, b"\x01\x00")
    extensions += _extension(13, _vector(algorithms))
    if version == 0x0304:
        extensions += _extension(43, b"\x02\x03\x04")
        key = (share or key_share(group)) if shares else b""
        entry = struct.pack(">H", group) + _vector(key) if shares else b""
        extensions += _extension(51, _vector(entry))
        extensions += _extension(45, b"\x01\x01")
    if padding:
        extensions += _extension(21, bytes(padding))
    if ticket and version == 0x0304:
        identity = _vector(os.urandom(ticket)) + os.urandom(4)
        # It must be the last.
        extensions += _extension(41, _vector(identity) + _vector(_vector(os.urandom(48), 1)))
    elif ticket:
        extensions += _extension(35, os.urandom(ticket))
    suites = bytes.fromhex("130113021303" if version == 0x0304 else "c02bc02fc02cc030cca9cca8")
    random = random or os.urandom(64)
    body = b"\x03\x03" + random[:32] + _vector(random[32:], 1) + _vector(suites)
    body += b"\x01\x00" + _vector(extensions)
    return records(message(body))
