"""`deployer local`: a Kubernetes cluster on this machine."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from deployer.commands.app import App, echo_json, output_option

if TYPE_CHECKING:
    from deployer.operations.local.cluster import Provider, Status


@click.group
def local() -> None:
    """Make and remove a Kubernetes cluster on this machine."""


@local.command
@click.option(
    "--provider",
    type=click.Choice(["auto", "kind", "node"]),
    default="auto",
    show_default=True,
    help="`kind` needs Docker, `node` needs root on Linux; `auto` takes kind where Docker runs.",
)
@click.option(
    "--images/--no-images", default=True, help="Build the fleet's images and load them (node only)."
)
@click.pass_obj
def up(app: App, *, provider: str, images: bool) -> None:
    """Make the cluster, or repair it; return when it works."""
    from deployer.operations.local import cluster as operation

    chosen = None if provider == "auto" else cast("Provider", provider)
    operation.up(app.session, provider=chosen, images_of=app.root if images else None)
    app.say("the local cluster runs")
    app.hint("run `deployer deploy local` to install its hubs")


@local.command
@click.pass_obj
def down(app: App) -> None:
    """Remove the cluster and all that it made on this machine."""
    from deployer.operations.local import cluster as operation

    app.say("the local cluster is gone" if operation.down(app.session) else "there is no local cluster")


@local.command
@output_option
@click.pass_obj
def status(app: App, *, output: str) -> None:
    """Show how the cluster is; ends with 1 unless it runs."""
    from deployer.operations.local import cluster as operation

    found = operation.status(app.session)
    if output == "json":
        echo_json(asdict(found))
    else:
        click.echo("\n".join(_lines(found)))
    if found.state != "running":
        raise click.exceptions.Exit(1)


@local.command("load-image")
@click.argument(
    "archives", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.pass_obj
def load_image(app: App, *, archives: tuple[Path, ...]) -> None:
    """Load images from ARCHIVES, as `docker save` writes them."""
    from deployer.operations.local import cluster as operation

    operation.load_images(app.session, [archive.absolute() for archive in archives])


def _lines(status: Status) -> list[str]:
    facts = {
        "state": status.state,
        "provider": status.provider,
        "server": status.server,
        "kubeconfig": status.kubeconfig,
        "uid": status.uid,
        "network policies": status.network_policies,
        "not running": ", ".join(name for name, runs in status.components.items() if not runs) or None,
    }
    images = [f"image: {image}" for image in status.images]
    return [*(f"{name}: {fact}" for name, fact in facts.items() if fact is not None), *images]
