"""Requests to a Kubernetes API, with answers made up here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from urllib3.exceptions import ProtocolError

from deployer.errors import DeployerError
from deployer.tools.kubernetes import Api, Unreachable, connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVER = "https://cluster.example.org"


@dataclass
class Answer:
    """A response that breaks off after `body` when `broken`."""

    body: bytes
    broken: bool = False
    status: int = 200
    reason: str = ""

    @property
    def data(self) -> bytes:
        return b"".join(self.stream())

    def stream(self, amt: int | None = None) -> Iterator[bytes]:
        del amt
        yield self.body
        if self.broken:
            raise ProtocolError("Connection broken: reset by peer")

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Client:
    """What `Api` needs of the official client."""

    response: Answer

    def param_serialize(self, method: str, path: str, **_options: Any) -> tuple[Any, ...]:
        return method, path, {}, None, None

    def call_api(self, *_arguments: Any, **_options: Any) -> Client:
        return self


def api(body: bytes, *, broken: bool = False) -> Api:
    return Api(client=Client(Answer(body, broken)), server=SERVER)


def test_a_stream_that_breaks_off_gives_its_lines_and_says_that_the_cluster_is_away() -> None:
    lines = api(b"one\ntwo\nthr", broken=True).lines("/log")
    assert [next(lines), next(lines)] == ["one", "two"]
    with pytest.raises(Unreachable, match=f"^cluster unreachable: {SERVER}: Connection broken"):
        next(lines)


def test_an_answer_that_breaks_off_says_that_the_cluster_is_away() -> None:
    with pytest.raises(Unreachable, match=r"^cluster unreachable: "):
        api(b"{", broken=True).get("/api")
    with pytest.raises(Unreachable, match=r"^cluster unreachable: "):
        api(b"a line", broken=True).text("/log")


@pytest.mark.parametrize("body", [b"<html>log in</html>", b"[]", b"\xff", b""])
def test_an_answer_of_something_else_than_an_api_server_is_an_error(body: bytes) -> None:
    message = f"^{SERVER} did not answer as a Kubernetes API server$"
    with pytest.raises(DeployerError, match=message):
        api(body).get("/api/v1/namespaces")
    with pytest.raises(DeployerError, match=message):
        api(body).metadata("/api/v1/namespaces")


@pytest.mark.parametrize("text", ["a: [\n", "a: \x01\n", "a: b: c\n"])
def test_a_kubeconfig_that_is_not_yaml_cannot_be_used(tmp_path: Path, text: str) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(text)
    with pytest.raises(DeployerError, match=f"^kubeconfig cannot be used: {kubeconfig}: .") as raised:
        connect(kubeconfig)
    assert "\n" not in raised.value.message
