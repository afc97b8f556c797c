"""What people see of a real JupyterHub: its home page, its announcement, and templates of a community."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
import requests

from deployer.render.features.templates import IMAGE_DIRECTORY
from tests.hub.features import values
from tests.hub.running_hub import PATIENCE, running_hub

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration

# Without a space, so that an address may have it; a slash between a name and an attribute parses as one.
ATTACK = '"><script>attack()</script><b/attack'
EVERYTHING = f"""
auth: {{type: dummy}}
features:
  home_page:
    title: '{ATTACK} 1'
    about: "{ATTACK.replace('"', chr(92) + '"')} 2\\n\\nanother paragraph"
    organisation: {{name: '{ATTACK} 3', url: 'https://three.example.org/{ATTACK}', logo_url: 'https://x/{ATTACK}'}}
    operator: {{name: '{ATTACK} 4', url: 'https://four.example.org/{ATTACK}'}}
    designed_by: {{name: '{ATTACK} 5'}}
    funders: [{{name: '{ATTACK} 6', url: 'https://six.example.org'}}, {{name: a second}}]
    links: [{{text: '{ATTACK} 7', url: 'https://seven.example.org/{ATTACK}'}}]
    learn_more: '{ATTACK} 8'
    terms: {{text: '{ATTACK} 9', url: 'https://nine.example.org/{ATTACK}'}}
"""


class Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str, key: str) -> list[str | None]:
        return [attributes[key] for name, attributes in self.elements if name == tag and key in attributes]


def page(directory: Path, repository: Path, text: str, path: str = "/hub/login", own: str = "{}") -> Page:
    with running_hub(directory, values(repository, text, own=own)) as hub:
        answer = requests.get(hub.url + path, timeout=PATIENCE)
        assert answer.status_code == 200
        return Page(answer.text)


def test_whatever_a_home_page_says_is_text(tmp_path: Path, repository: Path) -> None:
    found = page(tmp_path, repository, EVERYTHING)
    assert [tag for tag, attributes in found.elements if "attack" in attributes] == []
    assert [number for number in range(1, 9) if f"{ATTACK} {number}" not in found.words] == []
    assert f"{ATTACK} 9".lower() in found.words.lower()
    assert f"https://four.example.org/{ATTACK}" in found.all("a", "href")
    scripts = page(tmp_path, repository, "auth: {type: dummy}").elements
    assert [tag for tag, _ in found.elements].count("script") == [tag for tag, _ in scripts].count("script")


OLDER = """
jupyterhub:
  custom:
    homepage:
      templateVars:
        org: {name: Polar, url: "https://polar.example.org", logo_url: "https://polar.example.org/logo.png"}
        designed_by: {name: Studio, url: "https://studio.example.org"}
        operated_by: {name: Cooperative, url: "https://cooperative.example.org"}
        funded_by: {custom_html: '<a href="https://one.example.org">One</a> and <a href="https://two.example.org">Two</a>'}
        learn_more: '<a href="https://notes.example.org">Notes</a>'
        announcements: ['<p>Closed on <a href="https://days.example.org">holidays</a></p>']
        redirect_to: https://elsewhere.example.org/
  hub:
    config:
      JupyterHub: {authenticator_class: github}
      GitHubOAuthenticator: {client_id: a-client, client_secret: a-secret, allow_all: true}
"""


def test_what_older_values_files_say_of_the_home_page_is_shown(tmp_path: Path, repository: Path) -> None:
    found = page(
        tmp_path,
        repository,
        "features: {announcement: {text: 'Away & back'}}",
        "/hub/login?next=%2Fhub%2Fhome",
        OLDER,
    )
    title, *_ = re.findall(r"\S.*", found.words)
    assert (title, found.all("img", "src")[1:]) == ("Polar", ["https://polar.example.org/logo.png"])
    assert sorted({str(link) for link in found.all("a", "href") if "://" in str(link)}) == [
        "https://cooperative.example.org",
        "https://days.example.org",
        "https://notes.example.org",
        "https://one.example.org",
        "https://studio.example.org",
        "https://two.example.org",
    ]
    assert "0; url=https://elsewhere.example.org/" in found.all("meta", "content")
    assert "/hub/oauth_login?next=%2Fhub%2Fhome" in found.all("a", "href")
    assert "Away & back" in found.words


def test_terms_are_accepted_before_the_way_to_the_provider_opens(tmp_path: Path, repository: Path) -> None:
    terms = "features: {home_page: {terms: {url: 'https://polar.example.org/terms'}}}"
    found = page(tmp_path, repository, terms, "/hub/login?next=%2Fhub%2Fhome", OLDER)
    assert found.all("form", "data-address") == ["/hub/oauth_login?next=%2Fhub%2Fhome"]
    assert [attributes for tag, attributes in found.elements if tag == "input"] == [
        {"class": "form-check-input", "type": "checkbox", "id": "accept-terms", "required": None}
    ]
    assert "/hub/oauth_login?next=%2Fhub%2Fhome" not in found.all("a", "href")


def test_a_hub_without_a_home_page_has_jupyterhubs_own(tmp_path: Path, repository: Path) -> None:
    found = page(tmp_path, repository, "auth: {type: dummy}")
    assert re.findall(r"\S.*", found.words)[0] == "JupyterHub"
    assert [tag for tag, _ in found.elements if tag in {"main", "footer"}] == []


def test_templates_of_an_image_are_copied_and_shown(tmp_path: Path, repository: Path) -> None:
    asked = "{auth: {type: dummy}, features: {templates: {image: 'pages:1', image_directory: /srv/pages}}}"
    made = values(repository, asked)
    image, hub = tmp_path / "image/srv/pages", made["jupyterhub"]["hub"]
    (image / "parts").mkdir(parents=True)
    (image / "parts/frame.html").write_text("<main>{% block main %}{% endblock %}</main>")
    (image / "elsewhere").write_text(
        "{% extends 'parts/frame.html' %}{% block main %}Of an image{% endblock %}"
    )
    (image / "login.html").symlink_to("elsewhere")
    for path in (*image.rglob("*"), image):
        path.chmod(0o555 if path.is_dir() else 0o444)
    (first,), (mounted,) = hub["initContainers"], hub["extraVolumeMounts"]
    (copied,) = first["volumeMounts"]
    # What `running_hub` has in the place of a path below /usr/local/share/jupyterhub.
    volume = tmp_path / "share" / mounted["mountPath"].rpartition("/")[2]
    volume.mkdir(parents=True)
    inside = {"/srv/pages": image, copied["mountPath"]: volume}
    command = [str(inside.get(argument, argument)) for argument in first["command"]]
    for _ in "once", "again, as in a pod that is started again":
        subprocess.run(command, check=True)
    assert [path.name for path in volume.rglob("*") if not path.stat().st_mode & 0o200] == []
    with running_hub(tmp_path, made) as running:
        shown = requests.get(f"{running.url}/hub/login", timeout=PATIENCE).text
    assert (mounted["mountPath"], shown) == (IMAGE_DIRECTORY, "<main>Of an image</main>")


def test_an_image_without_templates_does_not_start_a_hub(tmp_path: Path, repository: Path) -> None:
    made = values(repository, "{auth: {type: dummy}, features: {templates: {image: 'pages:1'}}}")
    (first,) = made["jupyterhub"]["hub"]["initContainers"]
    volume = tmp_path / "volume"
    volume.mkdir()
    inside = {"/templates": tmp_path / "image", first["volumeMounts"][0]["mountPath"]: volume}
    command = [str(inside.get(argument, argument)) for argument in first["command"]]
    for _ in "no such directory", "nothing in it":
        assert subprocess.run(command, check=False, capture_output=True).returncode != 0
        inside["/templates"].mkdir(exist_ok=True)
