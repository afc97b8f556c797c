"""What is found while files are read, and about what they say to this program itself.

These rules have no function of their own; they exist to be explained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import described

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
        itself, and no more than 50,000 values, counting what aliases repeat.
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
        "format",
        """Want a cluster.yaml in a version of the format that this program knows.

        `schema` says which one. Of a newer one nothing can be said, so nothing else is said about the
        cluster. Older ones are taken as they are, and `deployer migrate` lifts them.
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
    described(
        "under",
        """Want what a values file is listed with, `under`, to be a key of it that has a map.

        Only what is below that key counts for the hub: without it the file has no effect.
        """,
    ),
    described(
        "own-rule",
        """Want the fleet's own rules to be conditions in CEL whose examples behave.

        A rule that cannot be read, or that has no answer, finds nothing, and nobody would notice. So each
        file in config/rules says what is right and what is wrong, and that is tried whenever it is used.
        """,
        ignorable=False,
    ),
    described(
        "ignore",
        """Want an ignore to name rules that there are, and to say why.

        `# deployer: ignore=RULE reason` beside a line, or just above it, and the key `ignore` of a
        cluster.yaml hide what is known and accepted. The reason is for whoever comes later and wonders. Rules
        without which nothing else can be trusted cannot be ignored.
        """,
        ignorable=False,
    ),
    described(
        "unused-ignore",
        """Question an ignore that hides nothing any more.

        It would hide the same problem when it comes back, and nobody would be told. It is said only after the
        whole fleet was checked, with everything that could have found such a problem.
        """,
        "warning",
        ignorable=False,
    ),
)
