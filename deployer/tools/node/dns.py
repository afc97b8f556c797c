"""A DNS query over UDP: just enough to see whether a server answers for a name."""

from __future__ import annotations

import socket
import struct

_A, _INTERNET = 1, 1
_RECURSION_DESIRED = 0x0100
_ERROR = 0x000F


def query(name: str, *, identity: int) -> bytes:
    """Return the packet that asks for the IPv4 addresses of a name."""
    labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split("."))
    header = struct.pack(">HHHHHH", identity, _RECURSION_DESIRED, 1, 0, 0, 0)
    return header + labels + b"\0" + struct.pack(">HH", _A, _INTERNET)


def has_answer(packet: bytes, *, identity: int) -> bool:
    """Tell whether a packet answers the query of that identity with at least one record."""
    if len(packet) < 12:
        return False
    answered, flags, _, answers = struct.unpack(">HHHH", packet[:8])
    return bool(answered == identity and flags & _ERROR == 0 and answers)


def answers(server: str, name: str, *, timeout: float = 1) -> bool:
    """Tell whether a DNS server knows an address of a name."""
    identity = 1
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(timeout)
        try:
            sock.connect((server, 53))
            sock.send(query(name, identity=identity))
            return has_answer(sock.recv(512), identity=identity)
        except OSError:
            return False
