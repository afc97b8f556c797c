"""The servers that users can start: what KubeSpawner is told for each profile and each choice within it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.rules.subjects import seen_once
from deployer.rules.values.parts.profiles import Choice, Profile, overrides, profiles
from deployer.rules.values.parts.shapes import mapping, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

SINGLEUSER = ("jupyterhub", "singleuser")
AMOUNTS = {
    "mem_guarantee": ("memory", "guarantee"),
    "mem_limit": ("memory", "limit"),
    "cpu_guarantee": ("cpu", "guarantee"),
    "cpu_limit": ("cpu", "limit"),
}
"""KubeSpawner's settings, and where z2jh takes them from under `singleuser`."""
_TAINTS = (
    (*SINGLEUSER, "extraTolerations"),
    ("jupyterhub", "scheduling", "userPods", "tolerations"),
)
_LIMITS = "extra_resource_limits"
_DECISIVE = {*AMOUNTS, _LIMITS, "node_selector", "tolerations"}
_MOST = 200


class Setting(NamedTuple):
    """A value, where it is written, and how late it is applied: later ones replace it."""

    value: Any
    at: KeyPath
    stage: int = 0


@dataclass(frozen=True, kw_only=True)
class Server:
    """One combination of choices. `at` is the last of them, `amounts` are KubeSpawner's settings by name.

    `limits` are those of other resources, such as GPUs.
    """

    at: KeyPath
    amounts: Mapping[str, Setting]
    limits: Mapping[str, Setting]
    selector: Mapping[str, Setting]
    tolerations: tuple[Any, ...]


@seen_once
def servers(release: HubValues) -> tuple[Server, ...]:
    """Return a server for each combination of choices that matters for its size or its node.

    Of very many combinations some are left out.
    """
    return tuple(_servers(release))


def _servers(release: HubValues) -> Iterator[Server]:
    start = _start(release)
    found = profiles(release)
    if not found:
        yield start
    for profile in found:
        for chosen in islice(product(*_choices(profile)), _MOST):
            server = start
            for stage, choice in enumerate(chosen, start=1):
                server = _with(server, choice, stage)
            yield server


def _start(release: HubValues) -> Server:
    amounts = {name: (*SINGLEUSER, *where) for name, where in AMOUNTS.items()}
    return Server(
        at=SINGLEUSER,
        amounts={name: Setting(release.value(*at), at) for name, at in amounts.items()},
        limits=_settings(release, (*SINGLEUSER, "extraResource", "limits")),
        selector=_settings(release, (*SINGLEUSER, "nodeSelector")),
        tolerations=tuple(each for at in _TAINTS for each in sequence(release.value(*at))),
    )


def _settings(release: HubValues, at: tuple[str, ...]) -> dict[str, Setting]:
    return {key: Setting(value, (*at, key)) for key, value in mapping(release.value(*at)).items()}


def _choices(profile: Profile) -> Iterator[list[Choice]]:
    """Return what can be chosen one after the other: the profile itself, then its options."""
    yield [Choice(name="", at=profile.at, data=profile.data)]
    for option in profile.options:
        offered = [*option.choices, *([option.unlisted] if option.unlisted else [])]
        if any(not _DECISIVE.isdisjoint(overrides(choice)) for choice in offered):
            yield offered


def _with(server: Server, choice: Choice, stage: int) -> Server:
    said = overrides(choice)
    if _DECISIVE.isdisjoint(said):
        return server
    at = (*choice.at, "kubespawner_override")
    return Server(
        at=choice.at,
        amounts={
            name: Setting(said[name], (*at, name), stage) if name in said else setting
            for name, setting in server.amounts.items()
        },
        limits=_merged(server.limits, said.get(_LIMITS), (*at, _LIMITS), stage),
        selector=_merged(server.selector, said.get("node_selector"), (*at, "node_selector"), stage),
        tolerations=tuple(sequence(said["tolerations"])) if "tolerations" in said else server.tolerations,
    )


def _merged(before: Mapping[str, Setting], said: Any, at: KeyPath, stage: int) -> dict[str, Setting]:
    """Return a map with another merged into it, as KubeSpawner does: None takes a key away."""
    later = {key: Setting(value, (*at, key), stage) for key, value in mapping(said).items()}
    return {key: setting for key, setting in {**before, **later}.items() if setting.value is not None}
