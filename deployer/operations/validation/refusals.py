"""What Helm has against a hub, in our words and at the line of the values that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.violations import shown
from deployer.operations.validation.shipped import at_the_hub
from deployer.tools.helm_refusals import refusal, values_in

if TYPE_CHECKING:
    from deployer.fleet.positions import KeyPath
    from deployer.fleet.problems import Problem
    from deployer.rules.subjects import HubValues
    from deployer.tools.helm_refusals import Refusal
    from deployer.tools.process import ProgramFailed

RULE = "render"


def refused(release: HubValues, error: ProgramFailed) -> Problem:
    """Return what is wrong with a hub that Helm does not render.

    It is told where the value is set that the template takes, else at the hub's chart.
    """
    found = refusal(error.result.stderr or error.result.stdout)
    at = _value(release, found)
    message = f"{_subject(found, at)}: {found.cause}"
    layer, set_at = release.merged.origin_path(at)
    # Of a value that is missing, the map that should have it is the place; what is further up tells nothing.
    if at and layer is not release.merged.layers[0] and len(set_at) >= max(1, len(at) - 1):
        finding = release.finding_in(layer, set_at, message)
        document, where, text, _ = at_the_hub(release.fleet.root, release.hub, finding)
        return document.problem(where, text, RULE)
    hub = release.hub
    return hub.document.problem((*hub.at, "helm_chart"), message, RULE)


def _subject(found: Refusal, at: KeyPath) -> str:
    if not found.template:
        return "Helm does not render it"
    line = f", line {found.line}" if found.line else ""
    takes = f", which takes `{shown(at)}`" if at else ""
    return f"Helm cannot render `{found.template}`{line}{takes}"


def _value(release: HubValues, found: Refusal) -> tuple[str, ...]:
    """Return the path of the value that a template failed over, () when that can't be told."""
    used = (found.value,) if found.value else values_in(_line(release, found))
    if len(used) != 1:
        return ()
    parts = found.template.split("/")
    packages = [parts[i + 1] for i, part in enumerate(parts[:-1]) if part == "charts"]
    return used[0] if used[0][0] == "global" else (*packages, *used[0])


def _line(release: HubValues, found: Refusal) -> str:
    """Return the line of the template."""
    _, _, inside = found.template.partition("/")
    try:
        lines = (release.chart.path / inside).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    return lines[found.line - 1] if 0 < found.line <= len(lines) else ""
