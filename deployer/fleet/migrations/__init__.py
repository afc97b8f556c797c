"""What lifts a fleet to each version of the format: small steps, which say what to edit.

To add a version, raise `NEWEST` in fleet/versions.py, write its steps in a module of their own, and list them
here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.migrations import format_2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.migrations.step import Step

STEPS: Mapping[int, tuple[Step, ...]] = {2: format_2.STEPS}
"""The steps that lead to each version from the one before."""
