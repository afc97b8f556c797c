"""How choices are shown, to people and to programs."""

from __future__ import annotations

import json

import jsonschema
import pytest

from deployer.fleet.machines.table import GIB, MIB
from deployer.fleet.schema_files import SCHEMAS
from deployer.operations.resource_allocation import profile_options, reasons, summary
from deployer.render.ladder import make_ladder
from deployer.render.ladder_choices import ladder


def test_every_step_is_told() -> None:
    assert list(reasons(make_ladder("Standard_E8s_v5", choices=3, daemons_cpu=0.3, spare=0.025))) == [
        "Sizes of servers on Standard_E8s_v5 (azure). So many of one size fill a node: 4, 2, 1.",
        "    64.00 GiB   8.000 CPUs  the machine, as listed on 2026-03-17",
        "    62.81 GiB   8.000 CPUs  what its system sees",
        "    57.78 GiB   7.820 CPUs  what Kubernetes has for pods",
        "    57.44 GiB   7.520 CPUs  without 350 MiB and 0.3 CPUs for daemons",
        "    56.00 GiB   7.332 CPUs  without 2.5 % that is kept spare",
        "Memory is guaranteed up to its limit, CPUs in proportion. CPUs that nobody uses are everybody's.",
    ]


def test_programs_are_told_the_same() -> None:
    made = make_ladder("n1-standard-8", gpus=1)
    found = summary(made)
    assert found.pop("listed")["date"] == "2026-08-20"
    assert found == {
        "machine": {
            "name": "n1-standard-8",
            "cloud": "gcp",
            "cpu": 8,
            "memory": 30 * GIB,
            "arch": "amd64",
            "gpu": None,
            "gpus": 1,
        },
        "seen": {"cpu": 8, "memory": 31568680714},
        "allocatable": {"cpu": 7.91, "memory": made.allocatable.memory},
        "daemons": {"cpu": 0.5, "memory": 800 * MIB},
        "servers": {"cpu": 7.335, "memory": made.room.memory},
        "fill_a_node": [1],
        "profile_options": {
            "requests": {"display_name": "Resources", "choices": ladder("n1-standard-8", gpus=1)}
        },
    }


@pytest.mark.parametrize("name", ["n2-highmem-4", "g4dn.xlarge", "Standard_D4ps_v5", "n2-custom-4-16384"])
def test_programs_are_told_as_the_schema_says(name: str) -> None:
    schema = json.loads((SCHEMAS / "resource-allocation.schema.json").read_text())
    jsonschema.validate(json.loads(json.dumps(summary(make_ladder(name)))), schema)


def test_the_choices_are_an_option_of_a_profile() -> None:
    assert profile_options(make_ladder("r5.xlarge")) == {
        "profile_options": {"requests": {"display_name": "Resources", "choices": ladder("r5.xlarge")}}
    }
