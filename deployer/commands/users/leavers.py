"""`deployer users leavers` and `archive`: who has left a hub, and what becomes of their homes."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.app import App, cluster_argument, complete_hub, echo_json, output_option
from deployer.commands.table import echo_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployer.operations.users.archive import Outcome
    from deployer.operations.users.leavers import Choice, Leavers

_NONE = "-"


def _choosing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say who counts as gone."""
    for option in (
        click.option("--leave", multiple=True, metavar="NAME", help="This user stays; may be repeated."),
        click.option("--only", multiple=True, metavar="NAME", help="Nobody but this one; may be repeated."),
        click.option(
            "--inactive-days",
            type=click.IntRange(min=1),
            metavar="DAYS",
            help="Who was away for so many days counts too.",
        ),
        click.argument("hub", shell_complete=complete_hub),
        cluster_argument,
    ):
        command = option(command)
    return command


@click.command
@_choosing
@output_option
@click.pass_obj
def leavers(app: App, /, *, cluster: str, hub: str, output: str, **given: Any) -> None:
    """List the people who have left HUB: those whose cohort is over, and who was away for long.

    Nothing is written anywhere. As text it is a line per user: why, name, last activity, home, and why that
    home has to stay, if it has to. Admins and the check user never count. How large homes are is not known
    before they are archived.
    """
    found = _found(app, cluster, hub, _choice(given))
    if output == "json":
        echo_json({"cluster": cluster, **found.summary()})
    else:
        _show(found)
    app.say(_count(found))


@click.command
@_choosing
@click.option("--yes", is_flag=True, help="Do it; without this, only what would be done is shown.")
@click.option("--remove-homes", is_flag=True, help="Remove homes when their archives are proved.")
@click.option(
    "--directory",
    default="_archived",
    show_default=True,
    metavar="PATH",
    help="Where archives go, a path below the volume of homes.",
)
@output_option
@click.pass_obj
def archive(app: App, /, *, cluster: str, hub: str, output: str, yes: bool, **given: Any) -> int:
    """Archive the homes of people who have left HUB, those that `deployer users leavers` lists.

    Without `--yes` nothing is written anywhere. With it, a pod beside the hub writes an archive of each home
    into a directory of the same volume, reads it back whole and compares it. With `--remove-homes`, a home
    goes when that is done, its owner is still gone, and the home has not changed. What was interrupted goes
    on with the same command. Accounts stay.

    As text it is a line per home. Ends with 1 when a home is as it was that should have been archived or
    removed.
    """
    from deployer.operations.users.archive import check_directory

    if not yes:
        found = _found(app, cluster, hub, _choice(given))
        check_directory(given["directory"], found)
        if output == "json":
            echo_json({"cluster": cluster, **found.summary(), "applied": None})
        else:
            _show(found)
        app.say(f"{_count(found)}; nothing was changed")
        if any(leaver.obstacle is None for leaver in found.leavers):
            app.hint("add `--yes` to archive their homes")
        return 0
    outcome = _archived(app, cluster, hub, given)
    if output == "json":
        results = [{"user": result.user, **result.told} for result in outcome.results]
        echo_json({"cluster": cluster, **outcome.leavers.summary(), "applied": {"homes": results}})
    else:
        _show_results(outcome)
    _talk(app, outcome, removing=given["remove_homes"])
    return 1 if outcome.failed else 0


def _choice(given: dict[str, Any]) -> Choice:
    from deployer.operations.users.leavers import Choice

    return Choice(
        inactive_days=given["inactive_days"], stay=frozenset(given["leave"]), only=frozenset(given["only"])
    )


def _found(app: App, cluster: str, hub: str, choice: Choice) -> Leavers:
    from deployer.fleet.load import select_cluster, select_hubs
    from deployer.operations.access import connected
    from deployer.operations.users import leavers as operation

    chosen = select_cluster(app.fleet(cluster, (hub,)), cluster)
    (wanted,) = select_hubs(chosen, (hub,))
    with connected(app.session, chosen) as connection:
        return operation.look(connection, wanted, choice, datetime.now(UTC))


def _archived(app: App, cluster: str, hub: str, given: dict[str, Any]) -> Outcome:
    from deployer.fleet.load import select_cluster, select_hubs
    from deployer.operations.access import connected
    from deployer.operations.users import archive as operation

    chosen = select_cluster(app.fleet(cluster, (hub,)), cluster)
    (wanted,) = select_hubs(chosen, (hub,))
    with connected(app.session, chosen) as connection:
        return operation.Archiving(
            session=app.session,
            connection=connection,
            hub=wanted,
            choice=_choice(given),
            directory=given["directory"],
            remove=given["remove_homes"],
            clock=partial(datetime.now, UTC),
        ).apply()


def _show(found: Leavers) -> None:
    rows: list[tuple[str, ...]] = []
    for leaver in found.leavers:
        seen = leaver.seen.date().isoformat() if leaver.seen else _NONE
        # More than one is rare, and in the JSON.
        home = leaver.homes[0].path if leaver.homes else _NONE
        rows.append((leaver.why, leaver.user, seen, home, leaver.obstacle or _NONE))
    echo_table(("WHY", "USER", "LAST ACTIVITY", "HOME", "STAYS BECAUSE"), rows)


def _show_results(outcome: Outcome) -> None:
    rows: list[tuple[str, ...]] = []
    for result in outcome.results:
        told = result.told
        size = str(told["home_bytes"]) if "home_bytes" in told else _NONE
        rows.append((result.status, result.user, told["home"], size, told.get("archive", _NONE)))
    echo_table(("WHAT", "USER", "HOME", "BYTES", "ARCHIVE"), rows)


def _count(found: Leavers) -> str:
    staying = sum(leaver.obstacle is not None for leaver in found.leavers)
    more = f"; homes of {staying} have to stay" if staying else ""
    return f"{len(found.leavers)} of {found.users} users have left{more}"


def _talk(app: App, outcome: Outcome, *, removing: bool) -> None:
    for leaver in outcome.leavers.leavers:
        if leaver.obstacle:
            app.say(f"{leaver.user}: left alone: {leaver.obstacle}")
    for result in outcome.results:
        if result.told.get("skipped"):
            skipped = ", ".join(map(_plain, result.told["skipped"]))
            app.say(f"{result.told['home']}: sockets are in no archive: {skipped}")
    for result in outcome.failed:
        app.say(f"{result.told['home']}: {result.status}: {_plain(result.told['message'])}")
    statuses = [result.status for result in outcome.results]
    counts = [f"{statuses.count(status)} {status}" for status in sorted(set(statuses))]
    app.say(f"homes: {', '.join(counts) or 'none to archive'}")
    if "removed" in statuses:
        app.hint("accounts are still there: remove them on the hub's admin page")
    elif not removing and not outcome.failed and statuses:
        app.hint("add `--remove-homes` to remove homes whose archives are proved")


def _plain(text: str) -> str:
    # Users choose the names of their files, which may hold what a terminal obeys.
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
