"""What comes with the program and what a fleet has of its own: charts, presets and Terraform modules."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_KINDS = {
    "charts": ("helm-charts", "helm-charts"),
    "presets": ("config/presets", "presets"),
    "terraform": ("terraform", "terraform"),
}


def places(root: Path, kind: Literal["charts", "presets", "terraform"]) -> tuple[Path, ...]:
    """Return the directories in which a kind of thing is looked for; the fleet's own comes first."""
    in_tree, in_wheel = _KINDS[kind]
    package = Path(__file__).parent.parent
    # A wheel carries them inside the package; a source tree has them beside it.
    return root / in_tree, package / "shipped" / in_wheel, package.parent / in_tree
