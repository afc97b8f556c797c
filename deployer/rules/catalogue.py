"""Every rule there is, in the order in which `validate` comes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet import rules as fleet_rules
from deployer.fleet.rule import described
from deployer.rules import manifests, values

if TYPE_CHECKING:
    from deployer.fleet.rule import Rule

READING: tuple[Rule[Any], ...] = (
    described(
        "file",
        """Want every file to be there, to be readable, and to lie where it may.

        A hub's files lie inside the fleet's directory, so that what a pull request shows is what is deployed.
        """,
        ignorable=False,
    ),
    described(
        "yaml",
        """Want a file to be YAML as Helm and this program read it.

        One document a file, UTF-8, no tabs in the indentation, keys that are text, nothing that contains
        itself, and no more than a million values however often aliases repeat them.
        """,
        ignorable=False,
    ),
    described(
        "duplicate-key",
        """Refuse a key that is written twice in one map.

        The last one would count and the others would be lost in silence.
        """,
        ignorable=False,
    ),
    described(
        "schema",
        """Hold the fleet's own files against their schemas: known keys, none missing, right values.

        The reference pages show the keys of each kind of file. Editors that know `yaml-language-server`
        complete and explain them.
        """,
    ),
    described("preset", "Want a hub's presets to be the fleet's, or to come with the program."),
    described(
        "daskhub",
        """Want the values of a hub with `helm_chart: daskhub` to be under `basehub`.

        That chart hands on only what is under `basehub`: the rest reaches no chart.
        """,
        "warning",
    ),
)
"""What is found while files are read."""

RENDERING: tuple[Rule[Any], ...] = (
    described("chart-package", "Want a hub's chart, and each package of it, to be what its metadata says."),
    described("render", "Want Helm to render a hub's charts with its values."),
)
"""What is found on the way from values to objects."""

RULES: tuple[Rule[Any], ...] = (
    *READING,
    *fleet_rules.RULES,
    *values.RULES,
    *RENDERING,
    *manifests.RULES,
)
