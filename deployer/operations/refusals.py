"""What Helm has against a hub, in our words and at the line of the values that it is about."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.fleet.model import Hub
from deployer.fleet.violations import shown
from deployer.operations.shipped import at_the_hub
from deployer.rules.subjects import finding_in
from deployer.tools.helm_refusals import refusal, refused_values, values_in
from deployer.tools.process import ProgramFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.fleet.model import Cluster
    from deployer.fleet.positions import KeyPath
    from deployer.fleet.problems import Problem
    from deployer.operations.render import Rendered
    from deployer.tools.helm_refusals import Refusal

RULE = "render"
_SHOWN = 5
_LONGEST = 300


@contextmanager
def in_short(root: Path, cluster: Cluster, release: Rendered) -> Iterator[None]:
    """Tell what Helm has against a hub's values with the place of each, in place of Helm's own pages.

    Raises:
        DeployerError: Helm does not render the hub. What else goes wrong stays as it is.
    """
    try:
        yield
    except ProgramFailed as error:
        problems = _problems(root, release, error)
        if not problems:
            raise
        name = f"{cluster.name}/{release.owner.name}"
        # `validate` looks at the support with the whole cluster.
        asked = f"{cluster.name} {release.owner.name}" if isinstance(release.owner, Hub) else cluster.name
        lines = [f"  {each.path}:{each.line}:{each.column}: {_cut(each.message)}" for each in problems]
        more = [f"  and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise DeployerError(
            "\n".join([f"{name}: Helm cannot make objects of its values", *lines[:_SHOWN], *more]),
            hint=f"`deployer validate {asked}` tells all that is wrong with them",
        ) from error


def refused(root: Path, release: Rendered, error: ProgramFailed) -> Problem:
    """Return what is wrong with a hub that Helm does not render.

    It is told where the value is set that the template takes, else at the hub's chart.
    """
    found = refusal(_said(error))
    at = _value(release, found)
    return _placed(root, release, at, f"{_subject(found, at)}: {found.cause}")


def _problems(root: Path, release: Rendered, error: ProgramFailed) -> tuple[Problem, ...]:
    """Return what Helm has against values, nothing where it is about something else, such as the cluster."""
    values = refused_values(_said(error))
    if values:
        own = release.owner.chart
        paths = [(at if chart == own else (chart, *at), cause) for chart, at, cause in values]
        return tuple(_placed(root, release, at, f"`{shown(at)}`: {cause}") for at, cause in paths)
    return (refused(root, release, error),) if refusal(_said(error)).template else ()


def _said(error: ProgramFailed) -> str:
    return error.result.stderr or error.result.stdout


def _placed(root: Path, release: Rendered, at: tuple[str, ...], message: str) -> Problem:
    owner = release.owner
    layer, set_at = release.merged.origin_path(at)
    # Of a value that is missing, the map that should have it is the place; what is further up tells nothing.
    if at and layer is not release.merged.layers[0] and len(set_at) >= max(1, len(at) - 1):
        document, where, text, _ = at_the_hub(root, owner, finding_in(owner, layer, set_at, message))
        return document.problem(where, text, RULE)
    return owner.document.problem((*owner.at, "helm_chart"), message, RULE)


def _cut(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]} ..."


def _subject(found: Refusal, at: KeyPath) -> str:
    if not found.template:
        return "Helm does not render it"
    line = f", line {found.line}" if found.line else ""
    takes = f", which takes `{shown(at)}`" if at else ""
    return f"Helm cannot render `{found.template}`{line}{takes}"


def _value(release: Rendered, found: Refusal) -> tuple[str, ...]:
    """Return the path of the value that a template failed over, () when that can't be told."""
    used = (found.value,) if found.value else values_in(_line(release, found))
    if len(used) != 1:
        return ()
    parts = found.template.split("/")
    packages = [parts[i + 1] for i, part in enumerate(parts[:-1]) if part == "charts"]
    return used[0] if used[0][0] == "global" else (*packages, *used[0])


def _line(release: Rendered, found: Refusal) -> str:
    """Return the line of the template."""
    _, _, inside = found.template.partition("/")
    try:
        lines = (release.chart.path / inside).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return lines[found.line - 1] if 0 < found.line <= len(lines) else ""
