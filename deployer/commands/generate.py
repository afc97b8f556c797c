"""`deployer generate`: parts of configuration that follow from facts."""

from __future__ import annotations

import click

from deployer.commands.app import echo_json
from deployer.commands.event_plan import event_plan

_LARGEST = 1024**5


class Memory(click.ParamType[int]):
    """An amount of memory as KubeSpawner reads it: `512M`, `1.5G`."""

    name = "memory"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return bytes."""
        from deployer.rules.values.parts.quantities import spawner_memory

        amount = spawner_memory(value)
        if amount is None or not 0 <= amount <= _LARGEST:
            self.fail("it must be a number with K, M, G or T, such as `512M`", param, ctx)
        return int(amount)


@click.group()
def generate() -> None:
    """Generate parts of configuration that follow from facts."""


@generate.command()
@click.argument("machine_type")
@click.option(
    "--strategy",
    type=click.Choice(["halving", "dividing"]),
    default="halving",
    show_default=True,
    help="How many servers share a node: 1, 2, 4, 8 ... or 1, 2, 3, 4 ...",
)
@click.option(
    "--choices",
    "number",
    type=click.IntRange(min=1),
    default=4,
    show_default=True,
    help="How many choices, at most.",
)
@click.option(
    "--min-memory",
    type=Memory(),
    default="1G",
    show_default=True,
    help="What the smallest choice has, at least.",
)
@click.option("--daemons-memory", type=Memory(), help="What daemons request on a node  [default: usual ones]")
@click.option("--daemons-cpu", type=click.FloatRange(min=0), help="The same in processors.")
@click.option(
    "--spare",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.01,
    show_default=True,
    help="The part of what is left that is given to nobody.",
)
@click.option("--pods", type=click.IntRange(min=1), help="Pods on a node, at most  [default: the cloud's]")
@click.option("--gpus", type=click.IntRange(min=0), help="GPUs that are attached to a node.")
@click.option(
    "--output",
    "-o",
    type=click.Choice(["yaml", "json"]),
    default="yaml",
    show_default=True,
    help="How the result is written to stdout.",
)
def resource_allocation(
    *,
    machine_type: str,
    strategy: str,
    number: int,
    min_memory: int,
    daemons_memory: int | None,
    daemons_cpu: float | None,
    spare: float,
    pods: int | None,
    gpus: int | None,
    output: str,
) -> None:
    """Generate choices of memory and processors that fill nodes of MACHINE_TYPE.

    What is printed goes into a profile of `jupyterhub.singleuser.profileList`. The largest choice takes all
    that a node has for servers, the others a part of it, so that nothing is left over. Memory is guaranteed
    up to its limit, processors in proportion; all processors of a node may be used while others don't.
    """
    from deployer.operations import resource_allocation as operation
    from deployer.render.ladder import make_ladder
    from deployer.render.text import as_yaml

    made = make_ladder(
        machine_type,
        strategy=strategy,
        choices=number,
        least=min_memory,
        daemons_cpu=daemons_cpu,
        daemons_memory=daemons_memory,
        spare=spare,
        pods=pods,
        gpus=gpus,
    )
    if output == "json":
        echo_json(operation.summary(made))
        return
    for line in operation.reasons(made):
        click.echo(f"# {line}")
    click.echo(as_yaml(operation.profile_options(made)), nl=False)


generate.add_command(event_plan)
