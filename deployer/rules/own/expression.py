"""One expression, and what it says of values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from celpy.celtypes import BoolType
from celpy.evaluation import Activation, CELEvalError

from deployer.rules.own.budget import Budget, Spent
from deployer.rules.own.evaluator import Limited
from deployer.rules.own.functions import functions
from deployer.rules.own.syntax import Node, parse
from deployer.rules.own.values import Trouble, Unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_UNTOLD = "values of types that do not fit together"
"""What the library itself may still find wrong; its own words repeat values."""


class NoAnswer(Exception):
    """An expression that is neither true nor false; the message says why."""


@dataclass(frozen=True)
class Expression:
    """A condition in CEL."""

    tree: Node = field(repr=False)

    @classmethod
    def of(cls, text: str, variables: Collection[str]) -> Expression:
        """Return the condition that a text is; it may use these variables.

        Raises:
            Malformed: it is none.
        """
        return cls(parse(text, variables))

    def holds(self, variables: Mapping[str, Any], budget: Budget) -> bool | None:
        """Say whether it is true of CEL's values; None when that depends on what is unknown.

        Raises:
            NoAnswer: it is neither true nor false, or takes too long.
        """
        activation = Activation(vars=dict(variables), functions=functions(budget))
        try:
            answer = Limited(self.tree, activation, budget).visit(self.tree)
        except Spent:
            raise NoAnswer("it takes too long: look at fewer items") from None
        except RecursionError:
            raise NoAnswer("it goes too deep") from None
        if isinstance(answer, Unknown):
            return None
        if isinstance(answer, CELEvalError):
            raise NoAnswer(str(answer.args[0]) if isinstance(answer, Trouble) else _UNTOLD)
        if not isinstance(answer, BoolType):
            raise NoAnswer("it is neither `true` nor `false`")
        return bool(answer)
