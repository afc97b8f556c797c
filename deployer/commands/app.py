"""What commands share: the fleet, the session, and how things are shown."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from deployer.errors import DeployerError
from deployer.interruption import Interruption
from deployer.session import Session, directories

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from deployer.fleet.model import Fleet
    from deployer.progress import Progress


@dataclass(kw_only=True)
class App:
    """One run of the program, as the commands see it. `verbosity` is -1 for quiet, 0, 1, 2."""

    environ: Mapping[str, str]
    given_root: Path | None = None
    chart_mirror: Path | None = None
    verbosity: int = 0
    interruption: Interruption = field(default_factory=Interruption)

    @cached_property
    def root(self) -> Path:
        """The fleet's directory: what `--root` says, else found from the working directory upwards."""
        if self.given_root:
            # The path itself, without `..` and links: files are found again by their paths below it.
            return self.given_root.resolve()
        from deployer.fleet.load import find_root

        try:
            here = Path.cwd()
        except FileNotFoundError:
            raise DeployerError("the working directory is gone", hint="change to another one") from None
        return find_root(here)

    @cached_property
    def session(self) -> Session:
        """The surroundings that operations work in."""
        cache, state = directories(self.environ)
        return Session(
            environ=self.environ,
            cache=cache,
            state=state,
            tools=self._tools(),
            chart_mirror=self.chart_mirror,
            progress=self.progress,
            trace=self.say if self.verbosity > 0 else None,
            interruption=self.interruption,
        )

    def _tools(self) -> tuple[Path, ...]:
        # `make tools` puts pinned programs into `.tools/bin`, beside the `.venv` that we run from.
        beside_us = Path(sys.prefix).parent / ".tools" / "bin"
        given = self.environ.get("DEPLOYER_TOOLS")
        return (Path(given).absolute(), beside_us) if given else (beside_us,)

    @cached_property
    def progress(self) -> Progress:
        """The view of progress that fits where stderr goes."""
        from deployer.commands.views import progress_view

        return progress_view(self.environ, verbosity=self.verbosity)

    def fleet(self, cluster: str | None = None, hubs: Collection[str] = (), *, support: bool = True) -> Fleet:
        """Load and check the fleet, or only one cluster of it, or only what these hubs of it need.

        Without `support`, or when hubs are named and it is not, its files are left out of that.
        """
        from deployer.fleet.load import load_fleet

        return load_fleet(self.root, state=self.session.state, only=cluster, hubs=hubs, support=support)

    def say(self, text: str) -> None:
        """Tell the user something that is not data."""
        if self.verbosity >= 0:
            click.echo(text, err=True)

    def hint(self, text: str) -> None:
        """Tell the user what to type next."""
        self.say(f"hint: {text}")


@contextmanager
def readers_may_leave() -> Iterator[None]:
    """Go on after whoever read our output has gone (`| head`): only what was left to say is lost."""
    try:
        yield
    except BrokenPipeError:
        for stream in (sys.stdout, sys.stderr):
            forget_the_rest(stream)


def forget_the_rest(stream: TextIO) -> None:
    """Let what was not written yet go nowhere, so that Python does not try again when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def complain(message: str, hint: str | None) -> None:
    """Tell what went wrong, and what to do next."""
    colour = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    click.echo(click.style("error: ", fg="red", bold=True) + message, err=True, color=colour)
    if hint:
        click.echo(click.style("hint: ", fg="cyan") + hint, err=True, color=colour)


def echo_json(value: Any) -> None:
    """Write a value to stdout as JSON, for programs."""
    click.echo(json.dumps(value, indent=2, default=str))


def complete_cluster(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the clusters whose name begins as the user typed, for the shell."""
    root = ctx.find_root().params.get("root")
    app = App(environ=dict(os.environ), given_root=root)
    try:
        paths = list((app.root / "config" / "clusters").glob("*/cluster.yaml"))
    except DeployerError:
        return []
    return sorted(path.parent.name for path in paths if path.parent.name.startswith(incomplete))


def complete_hub(ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the hubs of the cluster on the command line whose name begins as the user typed."""
    from deployer.fleet.load import load

    app = App(environ=dict(os.environ), given_root=ctx.find_root().params.get("root"))
    try:
        fleet, _problems = load(app.root, only=ctx.params.get("cluster"))
    except DeployerError:
        return []
    names = (hub.name for cluster in fleet.clusters for hub in cluster.hubs)
    return [name for name in names if name.startswith(incomplete)]


cluster_argument: Callable[[Callable[..., Any]], Callable[..., Any]] = click.argument(
    "cluster", shell_complete=complete_cluster
)
"""`CLUSTER`, completed by the shell from the fleet's directories."""

hubs_argument: Callable[[Callable[..., Any]], Callable[..., Any]] = click.argument(
    "hub", nargs=-1, shell_complete=complete_hub
)
"""`[HUB]...`, completed by the shell from the cluster's hubs."""

output_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--output",
    "-o",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the result is written to stdout.",
)
"""`--output text|json`, for every command that reports."""

override_freeze_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--override-freeze", is_flag=True, help="Do it in a window of `freeze` too."
)
"""`--override-freeze`, for every command that heeds the windows of cluster.yaml."""
