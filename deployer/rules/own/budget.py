"""How much an expression may do before it is given up."""

from __future__ import annotations

from dataclasses import dataclass

STEPS = 100_000
"""About half a second. An honest rule takes some hundred steps, and some for each item of a list."""
PER_STEP = 32
"""Characters or items that are copied, or looked through, in the time of a step."""
LONGEST = 100_000
"""Characters of a text, or items of a list, that an expression may put together."""


class Spent(Exception):
    """An expression has done more than it may."""


@dataclass
class Budget:
    """The steps that are left: one for each part of an expression, whenever it is evaluated."""

    left: int = STEPS

    def spend(self, steps: int = 1) -> None:
        """Take steps.

        Raises:
            Spent: there are not so many left.
        """
        self.left -= steps
        if self.left < 0:
            raise Spent
