"""`deployer set-image`: another image for a hub, a profile or a choice, written where it is said today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from deployer.commands.app import cluster_argument, complete_hub, echo_json, output_option

if TYPE_CHECKING:
    from deployer.commands.app import App
    from deployer.operations.set_image.plan import SetImage


@click.command("set-image")
@cluster_argument
@click.argument("hub", metavar="HUB[:PROFILE[/CHOICE]]", shell_complete=complete_hub)
@click.argument("image", metavar="IMAGE[:TAG][@DIGEST]")
@click.option("--shared", is_flag=True, help="Allow that other hubs get the image from the same file.")
@click.option("--dry-run", is_flag=True, help="Only show what would be written.")
@click.option("--diff", "only_diff", is_flag=True, help="The same, and end with 3 if that is something.")
@output_option
@click.pass_obj
def set_image(
    app: App,
    *,
    cluster: str,
    hub: str,
    image: str,
    shared: bool,
    dry_run: bool,
    only_diff: bool,
    output: str,
) -> int:
    """Give HUB of CLUSTER another image, or one of its profiles, by slug, or a choice within a profile.

    The file that says the image today is edited, comments and layout kept, and the change printed as a diff.
    If a preset or the chart says it, the hub's own file does from now on. An image needs a tag or a digest
    that stays what it is. The fleet is checked as it would be then, and not written if it had new errors.
    """
    from deployer.fleet.editing.drafts import diff
    from deployer.operations.set_image.plan import carry_out, plan
    from deployer.render.image_reference import parse

    name, colon, profile = hub.partition(":")
    found = plan(
        app.session,
        app.root,
        cluster=cluster,
        hub=name,
        profile=profile if colon else None,
        image=parse(image),
        shared=shared,
    )
    write = not (dry_run or only_diff)
    if write:
        carry_out(found)
    if output == "json":
        echo_json(found.summary(written=write and bool(found.changes)))
    else:
        click.echo(diff(found.changes), nl=False)
    for notice in found.notices:
        app.say(f"notice: {notice}")
    app.say(_summary(found, written=write))
    return 3 if only_diff and found.changes else 0


def _summary(found: SetImage, *, written: bool) -> str:
    if not found.changes:
        return f"{found.name} has this image already: {found.after}"
    verb = "set" if written else "would be set"
    also = f", also for {', '.join(found.others)}" if found.others else ""
    before = f" instead of {found.before}" if found.before else ""
    return f"{found.name} {verb} to {found.after}{before}{also}"
