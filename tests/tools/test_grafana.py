"""Grafana's API: what goes where, and what is said when there is no answer. Over real HTTP, on loopback."""

from __future__ import annotations

import ssl
import subprocess
import traceback
from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.tools.grafana import Grafana, Refused
from tests.tools.grafana_server import READER, TOKEN, serving, something_else
from tests.tools.grafana_server import Grafana as Served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE = {
    "uid": "deployer-alps",
    "name": "alps",
    "type": "prometheus",
    "access": "proxy",
    "url": "https://prometheus.alps.example.org",
    "secureJsonData": {"basicAuthPassword": "marker-of-a-password"},
}


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(Served()) as grafana:
        yield grafana


def grafana(url: str, token: str = TOKEN) -> Grafana:
    return Grafana(url=url, token=token, origin="`TOKEN`", secrets=("marker-of-a-password",))


def refused(url: str, token: str = TOKEN) -> DeployerError:
    """Return what is said when data sources are asked for, which has no secret in it."""
    with pytest.raises(DeployerError) as caught:
        grafana(url, token).data_sources()
    assert token not in "".join(traceback.format_exception(caught.value)) + str(caught.value.hint)
    return caught.value


@pytest.mark.parametrize(
    "url",
    ["http://grafana.example.org", "http://localhost.example.org", "http://10.0.0.1", "ftp://localhost"],
)
def test_no_token_goes_over_a_network_in_clear(url: str) -> None:
    with pytest.raises(DeployerError, match=f"the token would go over the network in clear: {url}"):
        grafana(url)


@pytest.mark.parametrize("url", ["http://localhost:3000", "http://127.0.0.1/grafana", "http://[::1]:1"])
def test_this_machine_may_be_asked_in_clear(url: str) -> None:
    assert TOKEN not in repr(grafana(url))


@pytest.mark.integration
class TestAnswers:
    def test_a_data_source_comes_changes_and_goes(self, served: Served) -> None:
        api = grafana(served.url)
        api.add(SOURCE)
        api.update({**SOURCE, "url": "https://elsewhere.example.org", "secureJsonData": {}})
        assert [(each["uid"], each["url"]) for each in api.data_sources()] == [
            ("deployer-alps", "https://elsewhere.example.org")
        ]
        assert served.sources["deployer-alps"]["secureJsonData"] == SOURCE["secureJsonData"]
        api.remove("deployer-alps")
        assert api.data_sources() == []

    def test_a_path_that_grafana_is_served_under_belongs_to_its_address(self) -> None:
        with serving(Served(prefix="/grafana")) as served:
            assert grafana(served.url).data_sources() == []
            assert served.requests == ["GET /grafana/api/datasources"]

    def test_health_is_what_grafana_says(self, served: Served) -> None:
        served.source("deployer-alps")
        assert grafana(served.url).trouble("deployer-alps") is None
        served.sick["deployer-alps"] = "401 Unauthorized"
        assert "400: 401 Unauthorized" in str(grafana(served.url).trouble("deployer-alps"))

    def test_an_annotation_is_a_moment_or_a_while(self, served: Served) -> None:
        grafana(served.url).annotate("maths: deployed", ["deploy"], start=1000, end=2000)
        grafana(served.url).annotate("looked at", [], start=1000)
        assert served.annotations == [
            {"time": 1000, "timeEnd": 2000, "tags": ["deploy"], "text": "maths: deployed"},
            {"time": 1000, "tags": [], "text": "looked at"},
        ]

    def test_more_tags_than_grafana_takes_are_told(self, served: Served) -> None:
        with pytest.raises(Refused, match="400: Tags length exceeds the maximum allowed"):
            grafana(served.url).annotate("t", ["hub:" + "x" * 40] * 12, start=1)

    def test_a_netrc_and_proxies_have_no_say(
        self, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "netrc").write_text("machine localhost login other password other\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        assert grafana(served.url).data_sources() == []


@pytest.mark.integration
class TestRefusals:
    def test_a_wrong_token(self, served: Served) -> None:
        error = refused(served.url, "glsa_another")
        assert isinstance(error, Refused)
        assert (error.status, error.message) == (401, "Grafana refused the token of `TOKEN`: Invalid API key")
        assert "Service accounts" in str(error.hint)

    def test_a_token_that_may_only_read(self, served: Served) -> None:
        with pytest.raises(Refused) as caught:
            grafana(served.url, READER).add(SOURCE)
        assert caught.value.message.startswith("the token of `TOKEN` may not do that: You'll need")
        assert "role Admin" in str(caught.value.hint)

    def test_any_other_refusal_is_told_in_grafanas_words(self, served: Served) -> None:
        served.source("other", name="alps")
        with pytest.raises(Refused) as caught:
            grafana(served.url).add(SOURCE)
        assert caught.value.message == (
            "Grafana refused `POST /api/datasources`: 409: data source with the same name already exists"
        )

    @pytest.mark.parametrize("secret", [TOKEN, "marker-of-a-password"])
    def test_grafana_is_not_quoted_with_what_it_was_sent(self, served: Served, secret: str) -> None:
        served.source("deployer-alps")
        served.sick["deployer-alps"] = f"can't use {secret}"
        assert "can't use [redacted]" in str(grafana(served.url).trouble("deployer-alps"))

    @pytest.mark.parametrize(
        ("status", "text"), [(200, "<html>"), (404, "<html>"), (200, "{}"), (200, "[1]")]
    )
    def test_what_is_no_grafana(self, status: int, text: str) -> None:
        with something_else(status, {"Content-Type": "text/html"}, text) as (url, _):
            assert refused(url).message.startswith(
                f"no Grafana at {url}: what answers `GET /api/datasources`"
            )

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_a_redirect_gets_no_token(self, status: int) -> None:
        with something_else(200, {}, "[]") as (elsewhere, tokens):
            location = f"{elsewhere}/login?secret=1"
            with something_else(status, {"Location": location}, "") as (url, asked):
                error = refused(url)
        assert error.message == f"no Grafana at {url}: it redirects to http://localhost/login"
        assert (len(asked), tokens) == (1, [])

    def test_nobody_listens(self) -> None:
        error = refused("http://127.0.0.1:1")
        assert error.message.startswith("no answer: http://127.0.0.1:1: ")
        assert "Connection refused" in error.message

    def test_a_certificate_that_nobody_vouches_for(self, tmp_path: Path) -> None:
        with serving(Served(), tls=certificate(tmp_path)) as served:
            error = refused(served.url)
            assert served.requests == []
        assert error.message.startswith(f"the certificate of {served.url} can't be trusted: ")
        assert "REQUESTS_CA_BUNDLE" in str(error.hint)

    def test_an_authority_of_our_own_can_vouch(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        context = certificate(tmp_path)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "localhost.pem"))
        with serving(Served(), tls=context) as served:
            assert grafana(served.url).data_sources() == []


def certificate(directory: Path) -> ssl.SSLContext:
    """Return what serves with a certificate for localhost that signed itself: localhost.pem."""
    file = directory / "localhost.pem"
    request = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-noenc",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    more = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(file), "-out", str(directory / "crt")]
    subprocess.run([*request, *more], check=True, capture_output=True)
    file.write_text(file.read_text() + (directory / "crt").read_text())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
