"""What the check user types into a notebook, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from deployer.operations.health.patience import JourneyFailed
from deployer.tools.kernels import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deployer.tools.kernels import Kernel


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Something that a user might type, and what must come of it. Warnings on stderr are let pass."""

    code: str
    expected: Output


def cells(word: str) -> tuple[Cell, ...]:
    """Return what the check user types; `word` is different each time, so that nothing old can match."""
    path = f"os.path.join(os.path.expanduser('~'), '.deployer-health-check-{word}')"
    return (
        Cell(code="6 * 7", expected=Output(result="42")),
        Cell(code=f"import os\npath = {path}", expected=Output()),
        Cell(
            code=f"with open(path, 'w') as file:\n    written = file.write('{word}')",
            expected=Output(),
        ),
        Cell(
            code="with open(path) as file:\n    print(file.read())\nwritten",
            expected=Output(stdout=f"{word}\n", result=str(len(word))),
        ),
        Cell(code="os.remove(path)\nos.path.exists(path)", expected=Output(result="False")),
        Cell(code="1 / 0", expected=Output(error="ZeroDivisionError: division by zero")),
    )


def run(kernel: Kernel, cell: Cell, *, waiting: Callable[[], None]) -> None:
    """Run a cell and compare what came of it; raise JourneyFailed when that is something else."""
    output = replace(kernel.run(cell.code, waiting=waiting), stderr="")
    if output != cell.expected:
        raise JourneyFailed(
            f"unexpected output of the cell `{cell.code}`: {_shown(output)}; expected {_shown(cell.expected)}"
        )


def _shown(output: Output) -> str:
    fields: Mapping[str, Any] = vars(output)
    return ", ".join(f"{name} {value!r}" for name, value in fields.items() if value) or "nothing"
