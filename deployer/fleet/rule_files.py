"""The files of a fleet's own rules: config/rules/<id>.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.files import RULE, Files
from deployer.fleet.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.documents import Document

_PLACE = "config/rules"


def rule_files(root: Path) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
    """Return the rule files of a root directory, and what their schema has against them."""
    files = Files(root.absolute())
    documents = []
    for path in sorted((files.root / _PLACE).glob("*.y*ml")):
        if path.suffix == ".yaml":
            documents.append(files.checked(path, "rule"))
        else:
            name = path.relative_to(files.root).as_posix()
            message = f"nothing reads this file: name it `{path.stem}.yaml`"
            files.problems.append(Problem(path=name, line=1, column=1, message=message, rule=RULE))
    return tuple(documents), tuple(files.problems)
