"""Evaluates an expression with the library, within a budget, and with values that may be unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from celpy.celtypes import BoolType, ListType
from celpy.evaluation import Activation, CELEvalError, Evaluator

from deployer.rules.own.syntax import MACROS, Node, variable_of
from deployer.rules.own.values import Trouble, Unknown

if TYPE_CHECKING:
    from deployer.rules.own.budget import Budget

Ask = Callable[[Any], Any]


class Limited(Evaluator):
    """The library's evaluator: its methods are called by the names of the grammar's rules.

    Each node takes a step of the budget. What CEL calls a macro is our own: the library's fail on what is no
    list, and copy all variables for each item.
    """

    def __init__(self, tree: Node, activation: Activation, budget: Budget) -> None:
        super().__init__(tree, activation)
        self.budget = budget

    def visit(self, tree: Node) -> Any:
        """Evaluate one node."""
        self.budget.spend()
        return super().visit(tree)

    def visit_children(self, tree: Node) -> list[Any]:
        """Evaluate what is below a node."""
        self.budget.spend(len(tree.children))
        return super().visit_children(tree)

    def expr(self, tree: Node) -> Any:
        """Evaluate `a ? b : c`."""
        condition, chosen, other = tree.children
        holds = self.visit(condition)
        if isinstance(holds, CELEvalError):
            return holds
        if not isinstance(holds, BoolType):
            return Trouble("`?` takes `true` or `false` before it")
        return self.visit(chosen if holds else other)

    def member_dot(self, tree: Node) -> Any:
        """Evaluate `a.b`."""
        member, name = self.visit(tree.children[0]), tree.children[1]
        if isinstance(member, CELEvalError):
            return member
        if not isinstance(member, dict):
            return Trouble(f"`{name}` is looked for in what is no map")
        if name not in member:
            return Trouble(f"there is no `{name}`: ask `has(...)` first")
        return member[str(name)]

    def member_dot_arg(self, tree: Node) -> Any:
        """Evaluate `a.b(c)`."""
        if tree.children[1] not in MACROS:
            return super().member_dot_arg(tree)
        items = self.visit(tree.children[0])
        if isinstance(items, CELEvalError):
            return items
        if not isinstance(items, list | dict):
            return Trouble(f"`{tree.children[1]}` takes a list or a map before it")
        variable, body = tree.children[2].children

        def ask(item: Any) -> Any:
            nested = self.activation.nested_activation(vars={variable_of(variable): item})
            return Limited(body, nested, self.budget).visit(body)

        return _MACROS[str(tree.children[1])](items, ask)

    def macro_has_eval(self, exprlist: Node) -> Any:
        """Evaluate `has(a.b)`. It is false too when there is no `a`; what is unknown is there."""
        (found,) = self.visit_children(exprlist)
        return BoolType(isinstance(found, Unknown) or not isinstance(found, CELEvalError))


def _all(items: Iterable[Any], ask: Ask, decisive: bool = False) -> Any:
    uncertain: CELEvalError | None = None
    for item in items:
        answer = ask(item)
        if not isinstance(answer, BoolType):
            uncertain = uncertain or _no_answer(answer)
        elif bool(answer) is decisive:
            return answer
    return uncertain or BoolType(not decisive)


def _exists(items: Iterable[Any], ask: Ask) -> Any:
    return _all(items, ask, decisive=True)


def _exists_one(items: Iterable[Any], ask: Ask) -> Any:
    kept = _filter(items, ask)
    return kept if isinstance(kept, CELEvalError) else BoolType(len(kept) == 1)


def _filter(items: Iterable[Any], ask: Ask) -> Any:
    kept = ListType()
    for item in items:
        answer = ask(item)
        if not isinstance(answer, BoolType):
            return _no_answer(answer)
        if answer:
            kept.append(item)
    return kept


def _map(items: Iterable[Any], ask: Ask) -> Any:
    made = ListType()
    for item in items:
        answer = ask(item)
        if isinstance(answer, CELEvalError):
            return answer
        made.append(answer)
    return made


def _no_answer(answer: Any) -> CELEvalError:
    if isinstance(answer, CELEvalError):
        return answer
    return Trouble("a condition that is neither `true` nor `false`")


_MACROS = {"all": _all, "exists": _exists, "exists_one": _exists_one, "filter": _filter, "map": _map}
