"""The authenticator: one that exists, and that asks people who they are."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from deployer.fleet.model import Local
from deployer.fleet.rule import Finding, rule
from deployer.fleet.spelling import did_you_mean, near
from deployer.fleet.violations import shown
from deployer.render.paths import look_up
from deployer.rules.values.parts.authentication import (
    CLASS,
    CLASSES,
    CONFIG,
    NAMELESS,
    authentication,
    is_path,
    names,
    secret_file,
)
from deployer.rules.values.parts.code import set_elsewhere
from deployer.rules.values.parts.shapes import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deployer.rules.subjects import HubValues
    from deployer.rules.values.parts.authentication import Authentication

_ALIKE = 0.9
_PASSWORDS = {"user_password": 8, "admin_password": 32}
"""The lengths that JupyterHub's SharedPasswordAuthenticator asks for."""


@rule()
def authenticator_class(release: HubValues) -> Iterator[Finding]:
    """Want `authenticator_class` to be a name that JupyterHub knows, or the path of a class.

    A hub does not start with another. Names are those of JupyterHub 5, of OAuthenticator 17 and of what else
    is in z2jh's hub image; an image of your own may have more. A null above it, such as a `config:` of which
    all lines are comments, takes it away, and JupyterHub asks for accounts of the hub's own container.
    """
    auth = authentication(release)
    if _is_plain_null(release):
        message = 'without quotes, `null` is nothing: write `"null"` for the authenticator of that name'
        yield release.finding(CLASS, message)
    yield from _taken_away(release)
    if auth is None or auth.name:
        return
    value = str(release.value(*CLASS))
    known = list(names())
    own_image = release.said("jupyterhub", "hub", "image")
    if value.lower() in NAMELESS:
        message = f"`{value}` is no name that JupyterHub knows: write `{NAMELESS[value.lower()]}`"
        yield release.finding(CLASS, message)
    elif not is_path(value) and (near(value, known) or not own_image):
        yield release.finding(CLASS, f"no such authenticator: `{value}`; {did_you_mean(value, known)}")


@rule()
def dummy_authenticator(release: HubValues) -> Iterator[Finding]:
    """Refuse the authenticator `dummy` everywhere but on `provider: local`.

    It takes any name with any password, so the hub and everybody's files are open to the whole world; with a
    `password` of its own, everybody's files are open to all who know it. It is also what z2jh has when
    nothing is said. JupyterHub's `shared-password` is made for workshops.
    """
    auth = authentication(release)
    if auth is None or auth.name != "dummy" or isinstance(release.cluster.provider, Local):
        return
    if not set_elsewhere(release, "authenticator_class"):
        whose = "" if release.said(*CLASS) else ", which is the chart's own choice,"
        who = "all who know its password" if auth.set(auth.settings.get("password")) else "anybody"
        advice = "write another `hub.config.JupyterHub.authenticator_class`"
        yield release.finding(CLASS, f"the authenticator `dummy`{whose} lets in {who} as anybody: {advice}")


@rule("warning")
def missing_password(release: HubValues) -> Iterator[Finding]:
    """Want the authenticator `shared-password` to have a password.

    Without `user_password` nobody but admins gets in, and without `admin_password` they don't either.
    """
    auth = authentication(release)
    if auth is None or auth.name != "shared-password" or set_elsewhere(release, "password"):
        return
    settings = auth.settings
    if not any(auth.set(settings.get(key)) for key in ("user_password", "password_groups")):
        yield _missing_password(release, auth, "user_password", "people")
    if auth.set(settings.get("admin_users")) and not auth.set(settings.get("admin_password")):
        yield _missing_password(release, auth, "admin_password", "its admins")


@rule()
def short_password(release: HubValues) -> Iterator[Finding]:
    """Want the passwords of the authenticator `shared-password` as long as JupyterHub asks for.

    A hub does not start with shorter ones.
    """
    auth = authentication(release)
    if auth is None or auth.name != "shared-password":
        return
    settings = auth.settings
    for key, length in _PASSWORDS.items():
        setting = settings.get(key)
        if setting is None or not isinstance(setting.value, str) or release.unknown(setting.at):
            continue
        if 0 < len(setting.value) < length:
            yield release.finding(setting.at, f"`{key}` must have {length} characters or more")


@rule("warning")
def authenticator_config(release: HubValues) -> Iterator[Finding]:
    """Question configuration of a class that is almost the authenticator's.

    JupyterHub takes configuration of any class without a word, and that of an unknown one has no effect.
    """
    auth = authentication(release)
    if auth is None or not auth.name:
        return
    meant = auth.sections[-1]
    for section in mapping(release.value(*CONFIG)):
        if section not in CLASSES and _alike(section, meant):
            message = f"there is no class `{section}`: did you mean `{meant}`?"
            yield release.finding((*CONFIG, section), message)


RULES = (authenticator_class, dummy_authenticator, missing_password, short_password, authenticator_config)


def _missing_password(release: HubValues, auth: Authentication, key: str, who: str) -> Finding:
    section = auth.sections[-1]
    at = (*CONFIG, section)
    advice = f"write `{shown((*at, key))}` into {secret_file(release)}"
    return release.finding(at, f"missing key `{key}` in `{section}`: {who} could not log in; {advice}")


def _is_plain_null(release: HubValues) -> bool:
    layer, at = release.merged.origin_path(CLASS)
    if at != CLASS or layer.document is None or release.value(*CLASS) is not None:
        return False
    return layer.document.texts.get(at) == "null"


def _taken_away(release: HubValues) -> Iterator[Finding]:
    """Return where a map that the authenticator is in was made null, if nothing puts one back."""
    if release.value(*CLASS) is not None or set_elsewhere(release, "authenticator_class"):
        return
    for layer in reversed(release.merged.layers):
        for at in (CONFIG, CLASS[:-1]):
            if layer.document is not None and _is_null(layer.values, at):
                what = f"`{shown(at)}` has no value, which takes the authenticator away, so nobody can log in"
                yield release.finding_in(layer, at, f"{what}: remove the key, or write `{shown(CLASS)}`")
                return


def _is_null(values: Mapping[str, Any], at: Sequence[str]) -> bool:
    above = look_up(values, at[:-1])
    return isinstance(above, dict) and at[-1] in above and above[at[-1]] is None


def _alike(one: str, other: str) -> bool:
    alike = SequenceMatcher(None, one.lower(), other.lower())
    return alike.real_quick_ratio() >= _ALIKE and alike.ratio() >= _ALIKE
