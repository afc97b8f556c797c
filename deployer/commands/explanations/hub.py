"""What a hub has of its own, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.commands.explanations.branches import branches, place
from deployer.fleet.keypath import shown
from deployer.fleet.problems import counted
from deployer.render.one_line import one_line

if TYPE_CHECKING:
    from deployer.commands.explanations.branches import Part
    from deployer.commands.explanations.page import Page
    from deployer.fleet.positions import KeyPath
    from deployer.operations.explain.difference import Difference, HubExplanation
    from deployer.operations.explain.layers import HubLayers
    from deployer.render.provenance import Origin


def write_hub(page: Page, explanation: HubExplanation) -> None:
    """Write the values that differ from the chart's defaults, by layer, weakest first."""
    layers = explanation.layers
    number = counted(len(explanation.differences), "value")
    packages = [f"{package.name} {package.version}" for package in layers.release.chart.packages]
    packages += [f"{package}, not at hand" for package in layers.missing]
    page.line((layers.name, "bold"), f": {number} unlike the defaults of {layers.hub.chart}", cut=False)
    for package in packages:
        page.line((f"with {package}", "dim"), indent=2)
    for origin, found in explanation.by_layer():
        page.blank()
        heading(page, origin)
        branches(page, origin, ((each.at, _value(each, layers)) for each in found))


def heading(page: Page, origin: Origin) -> None:
    """Write which layer the following lines are of."""
    if origin.kind in ("computed", "feature"):
        page.line((origin.name, "bold"), (f"  {origin.about}" if not page.narrow else "", "dim"))
    elif origin.kind == "preset":
        page.line((origin.name, "bold"), (f"  {place(origin, None)}", "dim"))
    else:
        page.line((place(origin, None), "bold"))


def without_effect(layers: HubLayers, at: KeyPath) -> str:
    """Return in words why nothing at a path can have an effect, empty when it can."""
    idle = layers.idle(at)
    if idle is None:
        return ""
    return f"no chart has `{shown(idle[1])}`" if idle[0] == "unknown" else f"`{idle[1][0]}` is not enabled"


def _value(each: Difference, layers: HubLayers) -> tuple[Part, ...]:
    value = one_line(each.leaf.value)
    idle = without_effect(layers, each.at)
    if idle:
        return (value, (f"  no effect: {idle}", "yellow"))
    if each.over:
        over = each.over.origin
        name = (
            over.name
            if over.kind in ("computed", "preset", "feature")
            else f"{over.name}:{over.line(each.at)}"
        )
        return (value, (f"  over {one_line(each.over.value)} of {name}", "dim"))
    return (value, (f"  default {one_line(each.default)}", "dim")) if each.default is not None else (value,)
