"""`deployer new`: describe a new cluster or hub, by questions or by options."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.app import App, complete_cluster
from deployer.errors import DeployerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployer.fleet.model import Cluster, Fleet, Hub

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


@click.group
def new() -> None:
    """Describe a new cluster or hub: write its files, already valid.

    Without options, questions are asked: `?` explains one. Where there is no terminal, in CI for example,
    options answer them. The whole fleet is checked with the new files before any is written; a file that is
    there already is never overwritten.
    """


def _options(*names: tuple[str, str, str, bool]) -> Decorator:
    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for flag, metavar, text, multiple in reversed(names):
            command = click.option(flag, metavar=metavar, help=text, multiple=multiple)(command)
        return command

    return add


_OF_HUB = _options(
    ("--display-name", "TEXT", "The hub's name for people.", False),
    ("--domain", "HOST", "The host name under which users reach the hub.", False),
    ("--preset", "NAME", "A use case from config/presets; may be repeated.", True),
    ("--sign-in", "TYPE", "How people log in.", False),
    (
        "--auth",
        "KEY=VALUE",
        "A setting of the sign-in; may be repeated.",
        True,
    ),
    ("--admin", "NAME", "Somebody who administers the hub; may be repeated.", True),
)
_HOW = (
    click.option("--yes", "-y", is_flag=True, help="Ask nothing: take what would be proposed."),
    click.option("--dry-run", is_flag=True, help="Only show what would be written, as a diff."),
)


@new.command
@click.argument("cluster", required=False, shell_complete=complete_cluster)
@click.argument("hub", required=False)
@click.option("--from", "source", metavar="[CLUSTER/]HUB", help="A hub that the new one is to be like.")
@_OF_HUB
@_options(
    ("--staged-by", "HUB", "The hub that changes reach before this one; `-` for none.", False),
    ("--staging-for", "HUB", "A hub that changes reach after this one; may be repeated.", True),
)
@_HOW[0]
@_HOW[1]
@click.pass_obj
def hub(app: App, /, *, cluster: str | None, hub: str | None, source: str | None, **how: Any) -> int:
    """Add HUB to CLUSTER: an entry in cluster.yaml and a file of values.

    With `--from`, the files that are the other hub's own are copied, and those that it shares are shared.
    What is encrypted cannot be copied; it is said what the new hub needs of it.
    """
    from deployer.commands.new_files import answers_of, done
    from deployer.operations.new import hub as operation
    from deployer.operations.new import hub_copy, plan
    from deployer.operations.new import hub_questions as questions

    fleet, _ = plan.present(app.session, app.root)
    typed = f"new hub --from {shlex.quote(source)}" if source else "new hub"
    answers = answers_of(app, typed, {**how, "CLUSTER": cluster, "HUB": hub})
    name = answers.to(questions.which_cluster(fleet))
    target = next((each for each in fleet.clusters if each.name == name), None)
    if target is None:
        answers.finish()
        raise DeployerError("there is no cluster yet", hint="make one: `deployer new cluster`")
    if source:
        owner, like = _source(fleet, target, source)
        copy = answers.to(questions.hub_copy(fleet, target, owner, like))
        answers.finish()
        found = hub_copy.plan(app.session, fleet.root, name, copy)
    else:
        described = answers.to(questions.new_hub(fleet, target))
        answers.finish()
        found = operation.plan(app.session, fleet.root, name, described)
    return done(app, found, answers, dry_run=how["dry_run"])


@new.command
@click.argument("cluster", required=False)
@_options(
    ("--provider", "NAME", "How the cluster is reached: gcp, aws, azure or kubeconfig.", False),
    ("--project", "ID", "gcp: the project that holds the cluster.", False),
    ("--account", "NUMBER", "aws: the account that holds the cluster.", False),
    ("--resource-group", "NAME", "azure: the resource group that holds the cluster.", False),
    ("--cluster-name", "NAME", "gcp, aws, azure: the cluster's name there.  [default: CLUSTER]", False),
    ("--location", "PLACE", "gcp: the zone of the cluster, or its region.", False),
    ("--region", "PLACE", "aws: the region of the cluster.", False),
    ("--kubeconfig", "FILE", "kubeconfig: a file to copy, encrypted when there are secrets in it.", False),
    ("--kubernetes-version", "VERSION", "The minor version that the cluster runs.", False),
    ("--hub", "NAME", "A first hub, such as `staging`.", False),
)
@_OF_HUB
@_HOW[0]
@_HOW[1]
@click.pass_obj
def cluster(app: App, /, *, cluster: str | None, **how: Any) -> int:
    """Describe CLUSTER, which is there already: a directory with cluster.yaml, and a first hub in it.

    `deployer --root DIRECTORY new cluster` begins a fleet in a directory that has none.
    """
    from deployer.commands.new_files import answers_of, done
    from deployer.operations.new import cluster as operation
    from deployer.operations.new import cluster_questions as questions
    from deployer.operations.new import plan

    root = _root(app)
    fleet, _ = plan.present(app.session, root)
    answers = answers_of(app, "new cluster", {**how, "CLUSTER": cluster})
    described = answers.to(questions.new_cluster(fleet, directory=Path.cwd()))
    answers.finish()
    found = operation.plan(app.session, root, described)
    return done(app, found, answers, dry_run=how["dry_run"])


def _root(app: App) -> Path:
    """Return the fleet's directory, which may have nothing in it yet when it was named."""
    if app.given_root:
        return app.given_root.absolute()
    try:
        return app.root
    except DeployerError as error:
        raise DeployerError(error.message, hint="begin one here: `deployer --root . new cluster`") from error


def _source(fleet: Fleet, target: Cluster, named: str) -> tuple[Cluster, Hub]:
    from deployer.fleet.load import select_cluster, select_hubs

    cluster, slash, hub = named.rpartition("/")
    owner = select_cluster(fleet, cluster) if slash else target
    return owner, select_hubs(owner, [hub])[0]
