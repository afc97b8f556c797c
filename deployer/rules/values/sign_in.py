"""What sign-in leans on: a key for anonymous names, files with content, groups from one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.fleet.violations import shown
from deployer.rules.values.parts.authentication import CONFIG, authentication, secret_file
from deployer.rules.values.parts.shapes import mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues

_ASKING = (
    ("jupyterhub", "custom", "deployer", "anonymous_names"),
    ("jupyterhub", "custom", "auth", "anonymizeUsername"),
)
_ENVIRONMENT = ("jupyterhub", "hub", "extraEnv")
_PEPPER = "USERNAME_DERIVATION_PEPPER"
_FILES = ("jupyterhub", "hub", "extraFiles")
_CONTENT = ("data", "stringData", "binaryData")


@rule()
def anonymous_names(release: HubValues) -> Iterator[Finding]:
    """Want anonymous names to have the key that they are made with.

    A hub does not start without it. Keep it: with another one everybody is somebody else, with an empty home.
    """
    environment = release.value(*_ENVIRONMENT)
    names = [*mapping(environment), *(mapping(each).get("name") for each in sequence(environment))]
    asking = next((at for at in _ASKING if release.value(*at)), None)
    if asking and _PEPPER not in names:
        key, file = shown((*_ENVIRONMENT, _PEPPER)), secret_file(release)
        advice = f"write `{key}` into {file}; `openssl rand -hex 32` makes one"
        yield release.finding(asking, f"missing key for anonymous names: {advice}")


@rule()
def extra_files(release: HubValues) -> Iterator[Finding]:
    """Want each file that is put into the hub to have content.

    There would be a directory in its place, and whatever reads the file would fail later.
    """
    for name, file in mapping(release.value(*_FILES)).items():
        if isinstance(file, dict) and file and all(file.get(key) is None for key in _CONTENT):
            at = (*_FILES, name)
            advice = f"write `{shown((*at, 'stringData'))}`, for a secret into {secret_file(release)}"
            yield release.finding(at, f"`{name}` is a file without content: {advice}")


@rule()
def managed_groups(release: HubValues) -> Iterator[Finding]:
    """Refuse groups in `load_groups` where groups come from the provider.

    JupyterHub does not start with both: whoever is in a group would be out of it again after the next log-in.
    """
    at = (*CONFIG, "JupyterHub", "load_groups")
    auth = authentication(release)
    managing = auth.settings.get("manage_groups") if auth else None
    if release.value(*at) and managing is not None and managing.value is True:
        yield release.finding(at, "`load_groups` has no place where groups come from the provider: remove it")


RULES = (anonymous_names, extra_files, managed_groups)
