"""A site beside a real JupyterHub: who sees it, and what of the disk it shows.

The proxy of these tests routes nothing, so a visitor here goes to the site or to the hub by the path, as the
proxy would send them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import pytest
import requests

from tests.hub.features import values
from tests.hub.running_hub import PATIENCE, RunningHub, free_port, running_hub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

pytestmark = pytest.mark.integration

ASKED = """
auth: {type: dummy, everybody: true}
features:
  site: {repository: "https://example.org/docs", directory: html}
"""
FOR_STAFF = """
auth: {type: dummy, everybody: true}
features:
  site: {repository: "https://example.org/docs", path: handbook, groups: [staff], isolated: true}
"""
OWN = """
jupyterhub:
  hub:
    config:
      JupyterHub: {load_groups: {staff: {users: [ada]}}}
      DummyAuthenticator: {allow_all: true}
"""

# Tornado as it is in older images of hubs, where it does not look where links lead.
OLDER_TORNADO = """\
import runpy, sys
from tornado.web import StaticFileHandler
StaticFileHandler._resolve_symlink_target = lambda self, path, *_: path
runpy.run_path(sys.argv[1], run_name="__main__")
"""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A browser: cookies, and the two places behind the hub's address."""

    hub: str
    site: str
    prefix: str
    browser: requests.Session = field(default_factory=requests.Session)

    def ask(self, path: str, **arguments: Any) -> requests.Response:
        """Ask for a path and for nothing else."""
        of_the_site = path.startswith((self.prefix.rstrip("/"), f"/services{self.prefix.rstrip('/')}"))
        url = f"{self.site if of_the_site else self.hub}{path}"
        method = arguments.pop("method", "GET")
        # With the site's cookies, and the path as it was typed: dots would be taken out.
        known = f"{self.site}{self.prefix}" if of_the_site else url
        prepared = self.browser.prepare_request(requests.Request(method, known, **arguments))
        prepared.url = url
        return self.browser.send(prepared, timeout=PATIENCE, allow_redirects=False)

    def go(self, path: str) -> requests.Response:
        """Ask for a path, and go where one is sent to."""
        for _ in range(10):
            answer = self.ask(path)
            if not answer.is_redirect:
                return answer
            target = urlsplit(urljoin(path, answer.headers["Location"]))
            path = target.path + (f"?{target.query}" if target.query else "")
        raise AssertionError(f"sent from place to place, at last to {path}")

    def log_in(self, name: str) -> None:
        self.ask("/hub/login")
        xsrf = self.browser.cookies.get("_xsrf", path="/hub/") or ""
        form = {"_xsrf": xsrf, "username": name, "password": "any"}
        assert self.ask("/hub/login", method="POST", data=form).status_code == 302


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site that runs beside a hub, and the directory in which versions of its files are."""

    hub: RunningHub
    url: str
    prefix: str
    directory: Path

    def visitor(self, name: str | None = None) -> Visitor:
        """Return somebody who has logged in at the hub, or nobody."""
        made = Visitor(hub=self.hub.url, site=self.url, prefix=self.prefix)
        if name:
            made.log_in(name)
        return made

    def publish(self, version: str) -> None:
        """Let the link lead to a version, as git-sync does."""
        link = self.directory / "next"
        link.symlink_to(version)
        link.rename(self.directory / "current")


def files(version: Path, text: str) -> None:
    """Write a version of the site's files, some of which nobody may see."""
    html = version / "html"
    (html / "guide").mkdir(parents=True)
    (html / "empty").mkdir()
    (html / ".git").mkdir()
    (html / "index.html").write_text(f"<h1>{text}</h1>")
    (html / "guide/index.html").write_text("the guide")
    (html / "style.css").write_text("body {}")
    (html / ".git/config").write_text("secret")
    (html / "inside.html").symlink_to("guide/index.html")
    (html / "config.txt").symlink_to(".git/config")
    (html / "out.txt").symlink_to("../../secret.txt")
    (html / "system").symlink_to("/etc")
    (html / "sideways").mkdir()
    (html / "sideways/index.html").symlink_to("../../private.html")
    (version / "private.html").write_text("secret")
    (version / "html-not").mkdir()
    (version / "html-not/index.html").write_text("secret")
    (version.parent / "secret.txt").write_text("secret")


@contextmanager
def running_site(repository: Path, directory: Path, asked: str, *start: str) -> Iterator[Site]:
    """Run a hub, and the site as the chart does, until the block ends; `start` are arguments of Python's."""
    made = values(repository, asked, own=OWN)
    site = made["site"]
    (directory / "files").mkdir()
    files(directory / "files/one", "One")
    with running_hub(directory, made) as hub:
        port = free_port()
        environ = _environ(site, hub, port, directory / "files/current")
        program = str(repository / "helm-charts/basehub/files/site/site.py")
        log = directory / "site.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                [sys.executable, *start, program], env=environ, stdout=sink, stderr=sink
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(f"{url}/healthz", process, log)
            prefix = site["hub"]["environment"]["JUPYTERHUB_SERVICE_PREFIX"]
            yield Site(hub=hub, url=url, prefix=prefix, directory=directory / "files")
        finally:
            process.terminate()
            process.wait()


def _environ(site: Mapping[str, Any], hub: RunningHub, port: int, current: Path) -> dict[str, str]:
    inside = "http://hub.hub.svc.cluster.local:8081"
    told = {name: value.replace(inside, hub.url) for name, value in site["hub"]["environment"].items()}
    return {
        "PATH": os.environ["PATH"],
        **told,
        "JUPYTERHUB_API_TOKEN": f"{hub.token}{site['path']}",
        "SITE_CURRENT": str(current),
        "SITE_DIRECTORY": site.get("directory", ""),
        "SITE_ISOLATED": str(site["isolated"]).lower(),
        "SITE_PORT": str(port),
        "SITE_ADDRESS": "127.0.0.1",
    }


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until it says that it has nothing to serve yet."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            answer = requests.get(url, timeout=PATIENCE)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            assert answer.status_code == 503
            return
    raise AssertionError(f"the site did not start\n{log.read_text()}")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Site]:
    with running_site(repository, tmp_path_factory.mktemp("site"), ASKED, "-c", OLDER_TORNADO) as running:
        running.publish("one")
        yield running


@pytest.fixture(scope="module")
def reader(site: Site) -> Visitor:
    """Somebody who has come to the site, and so is known to it."""
    visitor = site.visitor("bob")
    assert visitor.go("/docs/").status_code == 200
    return visitor


@pytest.mark.parametrize("path", ["/docs/", "/docs/style.css", "/docs/guide/", "/docs/nothing"])
def test_who_is_not_signed_in_is_sent_to_sign_in(site: Site, path: str) -> None:
    visitor = site.visitor()
    answer = visitor.ask(path)
    assert (answer.status_code, answer.text) == (302, "")
    assert urlsplit(answer.headers["Location"]).path == "/hub/api/oauth2/authorize"
    assert 'name="password"' in visitor.go(path).text


def test_made_up_cookies_and_tokens_are_of_no_use(site: Site) -> None:
    visitor = site.visitor()
    visitor.browser.cookies.set("service-docs", "made-up", path="/docs/")
    assert visitor.ask("/docs/").status_code == 302
    answer = visitor.ask("/docs/", headers={"Authorization": "token made-up"})
    assert answer.status_code in (302, 403)
    assert "One" not in answer.text


def test_who_is_signed_in_comes_back_to_the_page_that_was_asked_for(site: Site) -> None:
    visitor = site.visitor("bob")
    assert visitor.go("/docs/guide/").text == "the guide"
    assert visitor.ask("/docs/").text == "<h1>One</h1>"


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/docs", "/docs/"),
        ("/docs/guide", "/docs/guide/"),
        ("/services/docs/", "/docs/"),
        ("/services/docs/guide", "/docs/"),
    ],
)
def test_addresses_without_the_end_and_that_of_the_menu_lead_to_pages(
    reader: Visitor, path: str, target: str
) -> None:
    assert reader.ask(path).headers["Location"] == target


@pytest.mark.parametrize(
    "path",
    [
        "empty/",
        "nothing",
        ".git/config",
        "guide/../.git/config",
        "%2e%2e/%2e%2e/secret.txt",
        "../../secret.txt",
        "..%2f..%2fsecret.txt",
        "../html-not/index.html",
        "../html-not/",
        "/etc/passwd",
        "config.txt",
        "out.txt",
        "system/passwd",
        "system/",
        "system",
        "sideways/",
        "sideways/index.html",
        "%00",
    ],
)
def test_nothing_but_the_files_is_served_and_no_directory_is_listed(reader: Visitor, path: str) -> None:
    answer = reader.ask(f"/docs/{path}")
    assert answer.status_code in (403, 404)
    assert "secret" not in answer.text
    assert "root:" not in answer.text


def test_a_link_to_a_file_of_the_site_is_served(reader: Visitor) -> None:
    assert reader.ask("/docs/inside.html").text == "the guide"


def test_nothing_can_be_written(reader: Visitor) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert reader.ask("/docs/index.html", method=method).status_code in (403, 405)


def test_pages_are_asked_for_again_and_what_they_show_is_kept_a_while(reader: Visitor) -> None:
    page, style = reader.ask("/docs/"), reader.ask("/docs/style.css")
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert style.headers["Cache-Control"] == "private, max-age=300"
    for answer in (page, style):
        assert (answer.headers["Vary"], answer.headers["X-Content-Type-Options"]) == ("Cookie", "nosniff")
        assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    again = reader.ask("/docs/", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")
    head = reader.ask("/docs/", method="HEAD")
    assert (head.status_code, head.headers["Content-Length"], head.text) == (200, "12", "")


def test_a_site_for_groups_is_for_their_members_and_may_be_isolated(tmp_path: Path, repository: Path) -> None:
    """A new version is there at once, and what was taken away is gone."""
    with running_site(repository, tmp_path, FOR_STAFF) as site:
        site.publish("one")
        ada, bob = site.visitor("ada"), site.visitor("bob")
        answer = ada.go("/handbook/private.html")
        assert answer.text == "secret"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox allow-scripts ")
        assert "allow-same-origin" not in answer.headers["Content-Security-Policy"]
        assert bob.go("/handbook/private.html").status_code == 403
        files(site.directory / "two", "Two")
        (site.directory / "two/private.html").unlink()
        site.publish("two")
        assert ada.ask("/handbook/html/").text == "<h1>Two</h1>"
        assert ada.ask("/handbook/private.html").status_code == 404
