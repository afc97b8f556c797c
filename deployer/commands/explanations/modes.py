"""What `deployer explain` can do: each writes a page, and returns the same as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.problems import counted

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.commands.app import App
    from deployer.commands.explanations.page import Page
    from deployer.operations.explain.layers import HubLayers
    from deployer.operations.explain.whole import WholeFleet


def hub_or_key(app: App, view: Page, cluster: str, hub: str, key: str | None) -> dict[str, Any]:
    """Explain a hub, or one path of its values."""
    from deployer.commands.explanations.hub import write_hub
    from deployer.commands.explanations.key import write_key
    from deployer.operations.explain.difference import explain_hub
    from deployer.operations.explain.key import explain_key

    layers = layers_of(app, cluster, hub)
    if key is None:
        all_of_it = explain_hub(layers)
        write_hub(view, all_of_it)
        return all_of_it.summary()
    explanation = explain_key(app.session, layers, key)
    write_key(view, explanation)
    return explanation.summary()


def where(app: App, view: Page, file: Path) -> dict[str, Any]:
    """Explain a file, which is named from the fleet's root or else from here."""
    from deployer.commands.explanations.file import write_file
    from deployer.operations.explain.where import explain_file

    named = app.root / file
    path = named if named.exists() else file.absolute()
    explanation = explain_file(_whole(app, path), path)
    write_file(view, explanation)
    return explanation.summary()


def lint(app: App, view: Page, cluster: str | None, hub: str | None) -> dict[str, Any]:
    """List the keys that repeat what is below them."""
    from deployer.commands.explanations.overrides import write_overrides
    from deployer.operations.explain.overrides import advice, summary

    whole = _whole(app)
    found = advice(whole, whole.chosen(cluster, hub))
    write_overrides(view, found)
    keys = sum(each.keys for each in found)
    files = len({each.file for each in found})
    app.say(f"{counted(keys, 'key')} in {counted(files, 'file')} could go, and no hub would be another")
    return summary(found)


def common(app: App, view: Page, cluster: str | None, at_least: int | None, *, write: bool) -> dict[str, Any]:
    """Tell what hubs have in common, and propose a place for it or make one."""
    from deployer.commands.explanations.common import write_common
    from deployer.operations.explain.sharing import carry_out, sharing

    whole = _whole(app)
    found = sharing(app.session, whole, cluster, at_least)
    write_common(view, found)
    if write and found.new:
        carry_out(whole, found.new)
        app.say(f"written: {found.new.name}, and {counted(len(found.new.changes), 'file')} changed")
    elif found.new:
        app.hint("`--write` does it; `git diff` shows it then")
    return found.summary(written=write)


def _whole(app: App, file: Path | None = None) -> WholeFleet:
    from deployer.operations.explain.whole import whole_fleet

    whole = whole_fleet(app.session, app.root, file=file)
    _tell(app, whole)
    return whole


def _tell(app: App, found: HubLayers | WholeFleet) -> None:
    for notice in found.notices:
        app.say(f"notice: {notice}")


def layers_of(app: App, cluster: str, hub: str) -> HubLayers:
    """Return the layers of a hub; what is wrong elsewhere in the fleet does not matter."""
    from deployer.fleet.load import select_cluster, select_hubs
    from deployer.operations.explain.layers import Layers

    fleet = app.fleet(cluster, (hub,))
    chosen = select_cluster(fleet, cluster)
    (found,) = select_hubs(chosen, [hub])
    layers = Layers(app.session, fleet).of(chosen, found)
    _tell(app, layers)
    return layers
