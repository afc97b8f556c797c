"""Code and files that values carry: the text of each, and where it is written."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.rules.subjects import seen_once
from deployer.rules.values.parts.shapes import mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

_HUB: KeyPath = ("jupyterhub", "hub")
_PYTHON: tuple[KeyPath, ...] = (
    (*_HUB, "extraConfig"),
    ("binderhub-service", "extraConfig"),
    ("dask-gateway", "gateway", "extraConfig"),
    ("jupyterhub-home-nfs", "quotaEnforcer", "extraConfig"),
)
"""Where charts take Python from: a map of texts, or for some one text."""
_FILES: tuple[KeyPath, ...] = ((*_HUB, "extraFiles"), ("jupyterhub", "singleuser", "extraFiles"))


class Code(NamedTuple):
    """A text with the path at which it is, and the suffix of a file that would hold it: `.py`."""

    at: KeyPath
    suffix: str
    text: str


class File(NamedTuple):
    """A file that z2jh puts into the hub or into servers."""

    at: KeyPath
    suffix: str
    data: Mapping[str, Any]


@seen_once
def python(release: HubValues) -> tuple[Code, ...]:
    """Return the Python that the hub's files and presets give to its charts."""
    return tuple(_python(release))


def _python(release: HubValues) -> Iterator[Code]:
    for at in _PYTHON:
        value = release.value(*map(str, at))
        texts = {(*at, key): each for key, each in mapping(value).items()} or {at: value}
        yield from (Code(where, ".py", each) for where, each in texts.items() if isinstance(each, str))
    yield from (code for code in texts_of_files(release) if code.suffix == ".py")


def texts_of_files(release: HubValues) -> Iterator[Code]:
    """Return the files that are given as text."""
    for file in files(release):
        if isinstance(file.data.get("stringData"), str):
            yield Code((*file.at, "stringData"), file.suffix, file.data["stringData"])


@seen_once
def files(release: HubValues) -> tuple[File, ...]:
    """Return the files that the hub's files and presets put into the hub and into servers."""
    return tuple(_files(release))


def _files(release: HubValues) -> Iterator[File]:
    for at in _FILES:
        for name, data in mapping(release.value(*map(str, at))).items():
            where = (*at, name)
            if release.merged.origin_path(where)[0].document is not None:
                suffix = PurePosixPath(text(mapping(data).get("mountPath"))).suffix
                yield File(where, suffix, mapping(data))


def set_elsewhere(release: HubValues, *words: str) -> bool:
    """Say whether something may be set out of sight: by the hub's own Python, or in a Secret.

    The Python counts when it has one of the words, or is encrypted. A Secret of one's own may hold any part
    of `hub.config`.
    """
    if release.value(*map(str, _HUB), "existingSecret"):
        return True
    return any(
        release.unknown(code.at) or any(word in code.text for word in words)
        for code in python(release)
        if code.at[:2] == _HUB
    )
