"""`deployer users`: what the people of a hub are called, and who of them has left."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.app import App, cluster_argument, complete_hub, echo_json, output_option
from deployer.commands.users.leavers import archive, leavers
from deployer.operations.users.translation import FROM_GITHUB, RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployer.fleet.model import Cluster, Hub
    from deployer.operations.users.mapping import NameMap
    from deployer.operations.users.plan import Mapper

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group
def users() -> None:
    """Give the users of a hub other names, or archive the homes of those who have left."""


users.add_command(leavers)
users.add_command(archive)


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what users are to be called."""
    for option in (
        click.option(
            "--replace",
            "replacements",
            nargs=2,
            multiple=True,
            metavar="REGEX REPLACEMENT",
            help="Replace what a regular expression (RE2) finds in a name; groups are `\\1`.",
        ),
        click.option(
            "--rule",
            "rules",
            multiple=True,
            type=click.Choice([*RULES, FROM_GITHUB]),
            help="Change names by a rule; may be given several times, in order.",
        ),
        click.option(
            "--table",
            type=_FILE,
            help=f"A CSV file with the columns old,new; with the rule `{FROM_GITHUB}`, github,email.",
        ),
        click.option("--leave", multiple=True, metavar="NAME", help="Leave a user as is; may be repeated."),
        click.option(
            "--undo", type=_FILE, help="Go back, with the list that `--apply` wrote before it began."
        ),
    ):
        command = option(command)
    return command


@users.command("map")
@cluster_argument
@click.argument("hub", shell_complete=complete_hub)
@_options
@click.option(
    "--users", "users_file", type=_FILE, help="Names from a file instead of the hub, a name a line."
)
@click.option("--apply", is_flag=True, help="Do it; without this, only what would be done is shown.")
@click.option("--stop-servers", is_flag=True, help="Stop servers of users who get other names.")
@click.option("--database-copied", is_flag=True, help="There is a copy of a database that is a server.")
@click.option("--start", is_flag=True, help="Start the hub again as it is, rather than with the next deploy.")
@click.option(
    "--write-undo",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the list for `--undo` goes; else a new file in the working directory.",
)
@output_option
@click.pass_obj
def map_(app: App, /, *, cluster: str, hub: str, apply: bool, output: str, **given: Any) -> int:
    """Give the users of HUB other names, by rules or from a table, with homes and permissions.

    First a table changes names, then rules in their order, then regular expressions. Without `--apply`
    nothing is written anywhere: what would become of each user is shown, and what speaks against it. With
    `--apply` the hub is stopped, its database copied, homes are renamed, then the users; a deploy with the
    new sign-in starts it again. What was interrupted goes on with the same command.

    As text it is a line per user: what becomes of the name, old name, new name, old and new directory.
    Ends with 1 when two users would get one name, or when a name cannot be given.
    """
    from deployer.commands.users.report import Report
    from deployer.fleet.load import select_cluster, select_hubs

    _check_usage(given, apply=apply)
    chosen = select_cluster(app.fleet(cluster, (hub,)), cluster)
    (wanted,) = select_hubs(chosen, (hub,))
    mapper = _mapper(given, chosen, wanted)
    if apply:
        report = Report.of_outcome(chosen.name, _apply(app, chosen, wanted, mapper, given))
    else:
        report = Report.of_plan(chosen.name, _plan(app, chosen, wanted, mapper, given))
    if output == "json":
        echo_json(report.summary())
    else:
        report.show()
    report.talk(app)
    return 1 if report.plan.names.obstacles else 0


def _check_usage(given: dict[str, Any], *, apply: bool) -> None:
    how = [name for name in ("rules", "table", "replacements", "leave") if given[name]]
    if given["undo"] and how:
        raise click.UsageError("`--undo` goes back to the names of its list: give no other names with it")
    if apply and given["users_file"]:
        raise click.UsageError("`--apply` asks the hub who its users are: leave out `--users`")
    if not apply and given["start"]:
        raise click.UsageError("`--start` is for `--apply`")


def _mapper(given: dict[str, Any], cluster: Cluster, hub: Hub) -> Mapper:
    from deployer.operations.users import undo_list
    from deployer.operations.users.mapping import map_back, name_map
    from deployer.operations.users.translation import translation

    if given["undo"]:
        pairs = undo_list.read(given["undo"], cluster=cluster.name, hub=hub.name)
        return lambda side: map_back(side.names, pairs)
    how = translation(rules=given["rules"], table=given["table"], replacements=given["replacements"])
    # The check user belongs to the program, and has no sign-in that could change.
    leave = {*given["leave"], hub.health.user}

    def mapped(side: Any) -> NameMap:
        return name_map(side.names, how, leave=leave)

    return mapped


def _plan(app: App, cluster: Cluster, hub: Hub, mapper: Mapper, given: dict[str, Any]) -> Any:
    from deployer.operations.access import connected
    from deployer.operations.users import apply as operation
    from deployer.operations.users.hub_side import from_file

    if given["users_file"]:
        return operation.offline(hub, from_file(given["users_file"]), mapper)
    with connected(app.session, cluster) as connection:
        return operation.preview(connection, hub, mapper)


def _apply(app: App, cluster: Cluster, hub: Hub, mapper: Mapper, given: dict[str, Any]) -> Any:
    from deployer.operations.access import connected
    from deployer.operations.users import apply as operation

    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = given["write_undo"] or Path.cwd() / f"{cluster.name}-{hub.name}-users-{stamp}.undo.json"
    options = operation.Options(
        stop_servers=given["stop_servers"],
        copied=given["database_copied"],
        start=given["start"],
        undo_list=path,
    )
    with connected(app.session, cluster) as connection:
        return operation.Change(
            session=app.session,
            connection=connection,
            cluster=cluster,
            hub=hub,
            mapper=mapper,
            options=options,
        ).apply()
