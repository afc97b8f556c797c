"""The command line: shared options, lazily loaded commands, messages, exit codes, signals."""

from __future__ import annotations

import errno
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.app import App, complain, forget_the_rest, readers_may_leave
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from types import FrameType

    from deployer.interruption import Interruption

# name → where the click command is, and its line in `deployer --help`: a command's module is imported when
# the command is used, so that help and shell completion stay instant.
COMMANDS = {
    "validate": ("deployer.commands.validate:validate", "Check the fleet's configuration, offline."),
    "rules": ("deployer.commands.rules:rules", "List what `validate` looks for, or explain a rule."),
    "explain": ("deployer.commands.explain:explain", "Show where a hub's values come from."),
    "migrate": (
        "deployer.commands.migrate:migrate",
        "Lift the fleet to a newer format of the configuration.",
    ),
    "set-image": ("deployer.commands.set_image:set_image", "Give a hub or a profile another image."),
    "infra": ("deployer.commands.infra:infra", "Plan and build clusters with Terraform."),
    "import-tfvars": (
        "deployer.commands.import_tfvars:import_tfvars",
        "Make an `infrastructure` block of a .tfvars file.",
    ),
    "render": ("deployer.commands.render:render", "Show a hub's chart values or Kubernetes manifests."),
    "deploy": ("deployer.commands.deploy:deploy", "Deploy hubs of a cluster and check that a user can work."),
    "health": ("deployer.commands.health:health", "Check that a user can really work on hubs."),
    "dns": ("deployer.commands.dns:dns", "Check that DNS leads to a cluster, and print records to enter."),
    "uptime": ("deployer.commands.uptime:uptime", "Ask now whether hubs answer, from outside."),
    "generate": ("deployer.commands.generate:generate", "Generate parts of configuration from facts."),
    "new": ("deployer.commands.new:new", "Describe a new cluster or hub, by questions or by options."),
    "list": ("deployer.commands.list_:list_", "List clusters and hubs."),
    "grafana": (
        "deployer.commands.grafana:grafana",
        "Have the central Grafana show clusters and what was done to them.",
    ),
    "logs": ("deployer.commands.logs:logs", "Show the logs of a hub, its proxy or a user's server."),
    "users": (
        "deployer.commands.users:users",
        "Give the users of a hub other names, or archive the homes of those who have left.",
    ),
    "shell": ("deployer.commands.shell:shell", "Open a shell, or run a command, with access to a cluster."),
    "local": ("deployer.commands.local:local", "Make and remove a Kubernetes cluster on this machine."),
    "charts": ("deployer.commands.charts:charts", "Get and pin the packages of charts."),
    "schema": ("deployer.commands.schema:schema", "Print or write schemas, for editors and programs."),
    "doctor": ("deployer.commands.doctor:doctor", "Check the programs that deployer uses, or a cluster."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of `COMMANDS`, the way through a day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command `cmd_name`, or return None when there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    envvar="DEPLOYER_ROOT",
    help="The fleet's directory; else the first parent directory that has `config/clusters`.",
)
@click.option(
    "--chart-mirror",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    envvar="DEPLOYER_CHART_MIRROR",
    help="A directory of charts that is searched before any network.",
)
@click.option("-v", "--verbose", count=True, help="Say more.")
@click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
@click.version_option(package_name="deployer")
@click.pass_context
def cli(
    ctx: click.Context, *, root: Path | None, chart_mirror: Path | None, verbose: int, quiet: bool
) -> None:
    """Describe a fleet of JupyterHubs, check it, deploy it, and prove that a user can work."""
    app = App(
        environ=dict(os.environ),
        given_root=root,
        chart_mirror=chart_mirror.absolute() if chart_mirror else None,
        verbosity=-1 if quiet else verbose,
    )
    ctx.obj = app
    _listen_to_signals(app.interruption)


@cli.result_callback()
@click.pass_obj
def _finish(app: App, /, status: Any, **_options: Any) -> Any:
    app.interruption.check()  # asked to stop where nothing listened
    return status


def main(argv: list[str] | None = None) -> None:
    """Run the program and exit: 0 done, 1 failed, 2 usage, 3 changes pending, 130 interrupted."""
    sys.exit(run(argv))


def run(argv: list[str] | None = None) -> int:
    """Run the program and return its exit code."""
    status: Any = 0
    try:
        with readers_may_leave():
            status = cli.main(args=argv, prog_name="deployer", standalone_mode=False)
    except DeployerError as error:
        complain(error.message, error.hint)
        return error.exit_code
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        complain(error.format_message(), None)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted", None)
        return 130
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        complain(f"nothing more can be written: {os.strerror(error.errno)}", "make room on the disk")
        forget_the_rest(sys.stdout)
        return 1
    return status if isinstance(status, int) else 0


def _listen_to_signals(interruption: Interruption) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        interruption.request()
        if interruption.forced:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    # A terminal that goes away (a lost connection) must not leave a deploy half-done either.
    signal.signal(signal.SIGHUP, stop)
