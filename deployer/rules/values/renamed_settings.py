"""Settings in `hub.config` under names that JupyterHub, KubeSpawner and OAuthenticator have given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.authentication import CONFIG, authentication
from deployer.rules.values.parts.settings import renamed
from deployer.rules.values.parts.shapes import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues
    from deployer.rules.values.parts.settings import Renamed

_SPAWNER = "KubeSpawner"


class _Old(NamedTuple):
    """A setting under its old name: where, of which class, and what its class says of it."""

    at: KeyPath
    class_: str
    name: Renamed


@rule()
def removed_setting(release: HubValues) -> Iterator[Finding]:
    """Refuse settings of the authenticator that OAuthenticator has removed.

    A hub does not start with them. Those of CILogon moved into `idps`, each provider with its own; the
    feature `auth` with `type: cilogon` writes that by itself.
    """
    for old in _old(release):
        if not old.name.taken:
            message = f"`{old.class_}` has no `{old.at[-1]}` since {old.name.since}"
            advice = f"and does not start with it: write `{old.name.to}`"
            yield release.finding(old.at, f"{message}, {advice}")


@rule("warning")
def renamed_setting(release: HubValues) -> Iterator[Finding]:
    """Question settings under the names that they had once.

    JupyterHub, KubeSpawner and OAuthenticator still take them with a warning in the hub's log, and a coming
    version will not. Where both names are said, one of them is lost.
    """
    for old in _old(release):
        if old.name.taken:
            message = f"`{old.at[-1]}` of `{old.class_}` is called `{old.name.to}` since {old.name.since}"
            yield release.finding(old.at, message)


RULES = (removed_setting, renamed_setting)


def _old(release: HubValues) -> Iterator[_Old]:
    """Yield what is said under old names; a class that is not in use would have no effect at all."""
    auth = authentication(release)
    sections = auth.sections if auth else ()
    for class_, read in ((sections[-1] if sections else "", sections), (_SPAWNER, (_SPAWNER,))):
        names = renamed(class_) or (renamed("Authenticator") if read else {})
        for section in read:
            for key, value in mapping(release.value(*CONFIG, section)).items():
                at = (*CONFIG, section, key)
                # What is as empty as the class has it by itself changes nothing.
                if key in names and (value or release.unknown(at)):
                    yield _Old(at, class_, names[key])
