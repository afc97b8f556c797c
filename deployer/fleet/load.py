"""From a directory to a fleet: every file read once, every problem found in one pass."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet import build
from deployer.fleet.files import Files
from deployer.fleet.ignores import ignores
from deployer.fleet.model import SUPPORT, Cluster, Fleet, Hub, Organisation
from deployer.fleet.presets import Presets
from deployer.fleet.problems import ConfigurationError, Problem
from deployer.fleet.rules import RULES, UNIGNORABLE
from deployer.fleet.spelling import did_you_mean
from deployer.fleet.versions import understood

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_CLUSTERS = "config/clusters"
_CLUSTER_FILE = "cluster.yaml"
_DIRECTORIES = ("config/presets", "config/rules")


def find_root(start: Path) -> Path:
    """Return the fleet that a directory is in: itself or the first parent that has `config/clusters`."""
    for directory in (start.absolute(), *start.absolute().parents):
        if (directory / _CLUSTERS).is_dir():
            return directory
    raise DeployerError(
        f"no fleet here: neither {start} nor a directory above it has `{_CLUSTERS}`",
        hint="change to the fleet's directory, or name it: `deployer --root DIRECTORY ...`",
    )


def load_fleet(
    root: Path,
    *,
    state: Path | None = None,
    only: str | None = None,
    hubs: Collection[str] = (),
    support: bool = True,
    apart_from: str | None = None,
) -> Fleet:
    """Return the fleet of a root directory.

    With `hubs`, what is wrong in files that no hub of these names uses does not matter, those of the support
    among them unless it is named too; nor does it without hubs when `support` is False. Nor does what is in
    files of the name `apart_from`, which are to be written anew.

    Raises:
        ConfigurationError: something is wrong with it. Warnings don't count.
    """
    fleet, problems = load(root, state=state, only=only)
    if hubs or not support:
        foreign = _files_of_others(fleet, hubs)
        problems = tuple(problem for problem in problems if problem.path not in foreign)
    if apart_from:
        problems = tuple(problem for problem in problems if PurePath(problem.path).name != apart_from)
    if any(problem.severity == "error" for problem in problems):
        raise ConfigurationError(problems)
    return fleet


def load(
    root: Path,
    *,
    state: Path | None = None,
    only: str | None = None,
    edited: Mapping[Path, bytes] | None = None,
) -> tuple[Fleet, tuple[Problem, ...]]:
    """Return everything that could be loaded, and all problems, sorted; the fleet has those that are ignored.

    `state` is the state directory, which knows the local cluster. With `only`, no other cluster's files are
    read. `edited` is the content that some files are to have, new ones among them; it counts, and not what is
    on the disk.
    """
    root = root.absolute()
    paths = _cluster_files(root, only, edited or {})
    files = Files(root, edited or {})
    with _collector_paused():
        fleet = _fleet(files, paths, state, everything=only is None)
        if only is None:
            files.problems.extend(_misnamed(files))
            files.problems.extend(_no_clusters(paths))
            files.problems.extend(_no_directories(root))
        for rule in RULES:
            files.problems.extend(rule.problems(fleet))
    ignored = ignores(fleet.clusters, files.documents, never=UNIGNORABLE)
    kept, hidden = ignored.sift(sorted(set(understood(files.problems))))
    return replace(fleet, ignores=ignored, hidden=hidden), kept


def cluster_names(root: Path, edited: Collection[Path] = ()) -> tuple[str, ...]:
    """Return the names of a fleet's clusters, without reading any file; `edited` are files that are to be."""
    new = {path.parent.name for path in edited if path == _cluster_file(root, path.parent.name)}
    found = {place.name for place in _places(root / _CLUSTERS) if _is_there(place / _CLUSTER_FILE)}
    return tuple(sorted(found | new))


def _places(directory: Path) -> list[Path]:
    try:
        return list(directory.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise DeployerError(f"can't read {directory}: {error.strerror}") from error


def _is_there(file: Path) -> bool:
    """Say whether there is or may be such a file: to pass over it in silence would hide a whole cluster.

    That is so of a link that leads nowhere, and of what is in a directory that can't be looked into.
    """
    try:
        file.lstat()
    except OSError as error:
        return isinstance(error, PermissionError)
    return True


def select_cluster(fleet: Fleet, name: str) -> Cluster:
    """Return the cluster of this name."""
    for cluster in fleet.clusters:
        if cluster.name == name:
            return cluster
    raise _no_such("cluster", name, [cluster.name for cluster in fleet.clusters])


def select_hubs(cluster: Cluster, names: Iterable[str]) -> tuple[Hub, ...]:
    """Return the hubs of these names, each once; all of the cluster when no name is given."""
    hubs = {hub.name: hub for hub in cluster.hubs}
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name == SUPPORT:
            raise DeployerError(
                f"no hub: {cluster.name} {name}",
                hint="what a cluster runs for all hubs is no hub: `deploy` and `render` take `--support`",
            )
        if name not in hubs:
            raise _no_such("hub", f"{cluster.name} {name}", hubs, word=name)
    return tuple(hubs[name] for name in wanted or hubs)


def _files_of_others(fleet: Fleet, names: Collection[str]) -> set[str]:
    """Return the files that are used only by others than those named; by the support when none is named."""
    used: dict[bool, set[str]] = {True: set(), False: set()}
    for cluster in fleet.clusters:
        for owner in (*cluster.hubs, cluster.support):
            named = owner.name in names if names else isinstance(owner, Hub)
            used[named] |= {file.document.name for file in owner.values_files}
    return used[False] - used[True]


def _no_such(what: str, name: str, known: Iterable[str], *, word: str | None = None) -> DeployerError:
    return DeployerError(f"no such {what}: {name}", hint=did_you_mean(word or name, known))


def _cluster_file(root: Path, name: str) -> Path:
    return root / _CLUSTERS / name / _CLUSTER_FILE


def _cluster_files(root: Path, only: str | None, edited: Collection[Path]) -> tuple[Path, ...]:
    if not (root / _CLUSTERS).is_dir() and not cluster_names(root, edited):
        raise DeployerError(
            f"no fleet in {root}: it has no `{_CLUSTERS}`",
            hint="name the fleet's directory: `deployer --root DIRECTORY ...`",
        )
    names = cluster_names(root, edited)
    if only is not None and only not in names:
        raise _no_such("cluster", only, names)
    return tuple(_cluster_file(root, name) for name in names if only is None or name == only)


def _fleet(files: Files, paths: Iterable[Path], state: Path | None, *, everything: bool) -> Fleet:
    operator = _organisation(files)
    presets = Presets(files)
    builder = build.Builder(
        files=files, presets=presets, organisation=operator, local=_local_outputs(files, state)
    )
    clusters = [builder.cluster(files.checked(path, "cluster")) for path in paths]
    if everything:
        presets.check_own()
    return Fleet(
        root=files.root,
        clusters=tuple(clusters),
        organisation=operator,
        documents=files.documents,
        whole=everything,
    )


def _organisation(files: Files) -> Organisation:
    path = files.root / "config" / "org.yaml"
    return build.organisation(files, files.checked(path, "org")) if os.path.lexists(path) else Organisation()


def _local_outputs(files: Files, state: Path | None) -> dict[str, Any]:
    path = state / "local" / "outputs.yaml" if state else None
    # Unlike Path.exists, this raises nothing when the state directory is somebody else's.
    if path is None or not os.path.exists(path):  # noqa: PTH110
        return {}
    outputs: dict[str, Any] = files.document(path).data
    return outputs


def _misnamed(files: Files) -> Iterator[Problem]:
    for path in sorted((files.root / _CLUSTERS).glob("*/cluster.y*ml")):
        if path.name != _CLUSTER_FILE:
            name = path.relative_to(files.root).as_posix()
            message = f"nothing reads this file: name it `{_CLUSTER_FILE}`"
            yield Problem(path=name, line=1, column=1, message=message, rule="file")


def _no_clusters(paths: Collection[Path]) -> Iterator[Problem]:
    if not paths:
        message = f"no cluster in {_CLUSTERS}: each has a directory here, with a `{_CLUSTER_FILE}`"
        yield Problem(path=_CLUSTERS, line=1, column=1, message=message, rule="file", severity="warning")


def _no_directories(root: Path) -> Iterator[Problem]:
    """Yield what stands in the place of a directory whose files would be looked for in vain."""
    for name in _DIRECTORIES:
        place = root / name
        if os.path.lexists(place) and not place.is_dir():
            message = "this must be a directory: nothing is read from it"
            yield Problem(path=name, line=1, column=1, message=message, rule="file")


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking the growing heap of nodes: it doubles the time of a load."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # What was loaded stays: it takes its place among what is old unseen, instead of being walked now.
        gc.freeze()
        gc.unfreeze()
        if was_enabled:
            gc.enable()
