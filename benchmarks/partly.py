"""`deployer` with less to do, to see what the rest takes: `python -m benchmarks.partly PART validate ...`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from deployer.cli import main
from deployer.operations.validation import findings
from deployer.rules import manifests, values
from deployer.rules.values import chart_schema

if TYPE_CHECKING:
    from collections.abc import Callable


def objects_unseen() -> None:
    """Look at nothing that Helm renders."""
    vars(findings)["objects"] = lambda _text: ()
    manifests.RULES = ()


def schemas_only() -> None:
    """Hold values against schemas and nothing else."""
    values.RULES = chart_schema.RULES


PARTS: dict[str, Callable[[], None]] = {"objects-unseen": objects_unseen, "schemas-only": schemas_only}

if __name__ == "__main__":
    PARTS[sys.argv[1]]()
    main(sys.argv[2:])
