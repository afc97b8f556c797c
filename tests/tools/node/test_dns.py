"""DNS packets: what is asked, and what counts as an answer."""

from __future__ import annotations

import struct

import pytest

from deployer.tools.node import dns

QUERY = dns.query("kubernetes.default", identity=7)


def answer(*, identity: int = 7, flags: int = 0x8580, count: int = 1) -> bytes:
    return struct.pack(">HHHHHH", identity, flags, 1, count, 0, 0)


def test_a_query_asks_for_an_address_of_the_name() -> None:
    assert QUERY == (
        b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x0akubernetes\x07default\x00\x00\x01\x00\x01"
    )


@pytest.mark.parametrize(
    ("packet", "answered"),
    [
        pytest.param(answer(), True, id="a record"),
        pytest.param(answer(count=0), False, id="no record"),
        pytest.param(answer(flags=0x8583), False, id="no such name"),
        pytest.param(answer(flags=0x8182), False, id="a server that fails"),
        pytest.param(answer(identity=8), False, id="an answer to another query"),
        pytest.param(b"\x00\x07", False, id="too short"),
    ],
)
def test_only_a_record_for_our_query_is_an_answer(packet: bytes, answered: bool) -> None:
    assert dns.has_answer(packet, identity=7) is answered


@pytest.mark.integration
def test_a_server_that_is_not_there_does_not_answer() -> None:
    assert not dns.answers("127.0.0.199", "kubernetes.default", timeout=0.2)
