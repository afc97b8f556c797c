"""Settings in `hub.config`: what JupyterHub, KubeSpawner and OAuthenticator have, and of which kind."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import Finding, rule
from deployer.fleet.violations import violations
from deployer.render.paths import look_up
from deployer.rules.values.parts.authentication import CONFIG
from deployer.rules.values.parts.settings import checker, renamed, settings
from deployer.rules.values.parts.shapes import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.rules.subjects import HubValues

_ALIKE = 0.8
_OF_THE_CHART = {
    ("ConfigurableHTTPProxy", "auth_token"),
    ("CryptKeeper", "keys"),
    ("JupyterHub", "cookie_secret"),
    ("JupyterHub", "proxy_auth_token"),
    ("JupyterHub", "services"),
}
"""What z2jh's own configuration of the hub reads in its own way, or not at all."""


@rule("warning")
def hub_setting(release: HubValues) -> Iterator[Finding]:
    """Question settings in `hub.config` that are almost one that the class has.

    JupyterHub takes any setting with no more than a line in its log, and an unknown one has no effect. Known
    are those of JupyterHub 5.5, KubeSpawner 7.0 and OAuthenticator 17.4; classes of other packages are not
    looked at.
    """
    for section, block in _sections(release):
        known = settings(section)
        for key in block:
            meant = None if key in known or key in renamed(section) else _near(key, known)
            if meant is not None and meant not in _beside(release, section, key):
                at = (*CONFIG, section, key)
                yield release.finding(at, f"`{section}` has no setting `{key}`: did you mean `{meant}`?")


@rule("warning")
def hub_setting_kind(release: HubValues) -> Iterator[Finding]:
    """Question settings in `hub.config` whose value is of another kind than the class takes.

    A hub does not start with text where a list is wanted, or a number where text is. Some settings take a
    function, which only Python can give, in `hub.extraConfig`.
    """
    for section, block in _sections(release):
        for key in block:
            if settings(section).get(key) is False:
                message = f"`{key}` takes a function, which values cannot give: set it in `hub.extraConfig`"
                yield release.finding((*CONFIG, section, key), message)
        for violation in violations(checker(section), block):
            at = (*CONFIG, section, *violation.at)
            if not release.unknown(at):
                yield release.finding(at, violation.about(violation.at))


RULES = (hub_setting, hub_setting_kind)


def _sections(release: HubValues) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each known class with what is said of its settings; null is nothing."""
    for section, data in mapping(release.value(*CONFIG)).items():
        if settings(section):
            said = ((key, value) for key, value in mapping(data).items() if value is not None)
            yield section, {key: value for key, value in said if (section, key) not in _OF_THE_CHART}


def _beside(release: HubValues, section: str, key: str) -> Mapping[str, Any]:
    """Return what the file that has a key says beside it."""
    layer, _ = release.merged.origin_path((*CONFIG, section, key))
    return mapping(look_up(layer.values, (*CONFIG, section)))


def _near(key: str, known: Mapping[str, Any]) -> str | None:
    """Return the setting that somebody meant who wrote `key`, also as other programs would write it."""
    spelled = "".join(f"_{each.lower()}" if each.isupper() else each for each in key).replace("-", "_")
    if spelled in known:
        return spelled
    close = get_close_matches(key.lower(), known, n=1, cutoff=_ALIKE)
    return close[0] if close else None
