"""`deployer render`: the chart values or Kubernetes objects of a release, with nothing secret in them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from deployer.commands.app import App, cluster_argument
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command()
@cluster_argument
@click.argument("hub", required=False)
@click.option("--support", is_flag=True, help="Show what the cluster runs for all hubs, and no hub.")
@click.option(
    "--values", "what", flag_value="values", default="values", help="Show the chart values (default)."
)
@click.option("--manifests", "what", flag_value="manifests", help="Show the Kubernetes objects.")
@click.option(
    "--to",
    "directory",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write both, to values.yaml and manifests.yaml in DIR, instead.",
)
@click.pass_obj
def render(
    app: App, *, cluster: str, hub: str | None, support: bool, what: str, directory: Path | None
) -> None:
    """Show what HUB of CLUSTER is deployed with. It takes no cluster and no key.

    With --support, show it of what CLUSTER runs for all of its hubs.

    An encrypted value is shown as `unknown-...`, and a secret that the chart makes up as `generated-...`.
    The output is the same at every run.
    """
    from deployer.fleet.load import select_cluster, select_hubs
    from deployer.fleet.model import SUPPORT
    from deployer.operations.refusals import in_short
    from deployer.operations.render import manifests, rendered
    from deployer.render.text import as_yaml

    if support == bool(hub):
        raise click.UsageError("name a hub, or say --support")
    fleet = app.fleet(cluster, (hub or SUPPORT,))
    chosen = select_cluster(fleet, cluster)
    (found,) = select_hubs(chosen, [hub]) if hub else (chosen.support,)
    release = rendered(app.session, fleet, chosen, found, decrypt=False)
    told = in_short(fleet.root, chosen, release)
    for notice in release.chart.notices:
        app.say(f"notice: {notice}")
    if directory:
        with told:
            objects = manifests(app.session, release)
        _write(directory, {"values.yaml": as_yaml(release.values_for_helm), "manifests.yaml": objects})
    elif what == "manifests":
        with told:
            objects = manifests(app.session, release)
        click.echo(objects, nl=False)
    else:
        click.echo(as_yaml(release.values_for_helm), nl=False)


def _write(directory: Path, texts: Mapping[str, str]) -> None:
    """Write files that are either whole or not there, all from texts that are complete."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=directory, prefix=".new-") as fresh:
            for name, text in texts.items():
                (Path(fresh) / name).write_text(text, encoding="utf-8")
            for name in texts:
                (Path(fresh) / name).replace(directory / name)
    except OSError as error:
        raise DeployerError(f"cannot write to {directory}: {error.strerror}") from error
