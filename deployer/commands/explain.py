"""`deployer explain`: where values come from, which of them do nothing, and what hubs have in common."""

from __future__ import annotations

import os
from pathlib import Path

import click

from deployer.commands.app import App, complete_cluster, complete_hub, echo_json, output_option
from deployer.errors import DeployerError


def complete_key(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the paths in the values of the hub on the command line that go on from what was typed."""
    from deployer.commands.explanations.modes import layers_of
    from deployer.operations.explain.path import continued

    root, mirror = (ctx.find_root().params.get(name) for name in ("root", "chart_mirror"))
    app = App(environ=dict(os.environ), given_root=root, chart_mirror=mirror, verbosity=-1)
    try:
        return continued(layers_of(app, ctx.params["cluster"], ctx.params["hub"]), incomplete)
    except DeployerError:
        return []


@click.command()
@click.argument("cluster", required=False, shell_complete=complete_cluster)
@click.argument("hub", required=False, shell_complete=complete_hub)
@click.argument("key", metavar="[KEY.PATH]", required=False, shell_complete=complete_key)
@click.option(
    "--where",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Tell which hubs FILE reaches, and which of its keys are overridden or have no effect.",
)
@click.option(
    "--lint-overrides",
    is_flag=True,
    help="List keys that repeat the value below them, in files that reach the fleet, CLUSTER or HUB.",
)
@click.option(
    "--common",
    is_flag=True,
    help="Tell what hubs of CLUSTER, or of the fleet, have in common, and propose a file for it.",
)
@click.option(
    "--at-least",
    type=click.IntRange(min=2),
    metavar="N",
    help="With --common: in how many hubs a setting must be.  [default: half of them]",
)
@click.option(
    "--write",
    is_flag=True,
    help="With --common: write the proposed file, list it first, and take what it says out of the others.",
)
@output_option
@click.pass_obj
def explain(
    app: App,
    *,
    cluster: str | None,
    hub: str | None,
    key: str | None,
    file: Path | None,
    lint_overrides: bool,
    common: bool,
    at_least: int | None,
    write: bool,
    output: str,
) -> None:
    """Show where the values of HUB come from.

    With KEY.PATH (`jupyterhub.singleuser.memory.limit`, `jupyterhub.ingress.hosts[0]`), it is the value, the
    file and line that set it, what that overrides, what the chart's authors say about the key, and whether a
    secret may change it. Without, it is all that differs from the defaults of the chart and its packages, by
    layer.

    It takes no network, no cluster and no key; an encrypted value is `unknown (encrypted)`.
    """
    from deployer.commands.explanations import modes
    from deployer.commands.explanations.page import page

    _check_usage(cluster, hub, key, file, lint_overrides, common, at_least, write)
    view = page(app.environ)
    if file:
        data = modes.where(app, view, file)
    elif lint_overrides:
        data = modes.lint(app, view, cluster, hub)
    elif common:
        data = modes.common(app, view, cluster, at_least, write=write)
    else:
        data = modes.hub_or_key(app, view, str(cluster), str(hub), key)
    if output == "json":
        echo_json(data)
    else:
        view.write()


def _check_usage(
    cluster: str | None,
    hub: str | None,
    key: str | None,
    file: Path | None,
    lint_overrides: bool,
    common: bool,
    at_least: int | None,
    write: bool,
) -> None:
    modes = sum([file is not None, lint_overrides, common])
    if modes > 1:
        raise click.UsageError("`--where`, `--lint-overrides` and `--common` exclude each other")
    if (at_least or write) and not common:
        raise click.UsageError("`--at-least` and `--write` go with `--common`")
    if (file and cluster) or (common and hub) or (lint_overrides and key):
        raise click.UsageError("`--where` takes no CLUSTER, `--common` no HUB, `--lint-overrides` no KEY")
    if not modes and not hub:
        raise click.UsageError("give CLUSTER and HUB, or `--where`, `--lint-overrides` or `--common`")
