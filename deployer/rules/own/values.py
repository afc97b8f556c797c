"""What an expression looks at: our data as CEL's values, each turned into one when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from celpy.celtypes import BoolType, DoubleType, IntType, ListType, MapType, StringType
from celpy.evaluation import CELEvalError

from deployer.fleet.encrypted import is_encrypted_scalar
from deployer.rules.own.budget import PER_STEP

if TYPE_CHECKING:
    from deployer.fleet.positions import KeyPath
    from deployer.rules.own.budget import Budget

_INTEGERS = range(-(2**63), 2**63)


class Trouble(CELEvalError):
    """Why an expression has no value, in words that repeat nothing of what it looked at."""


class Unknown(CELEvalError):
    """A value that is encrypted: what depends on it is unknown too. The library hands it on like an error."""


def is_encrypted(_at: KeyPath, value: Any) -> bool:
    """Say whether a value is what sops leaves where a value was."""
    return is_encrypted_scalar(value)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where values come from: whether the one at a path is unknown, and what looking may cost."""

    budget: Budget
    unknown: Callable[[KeyPath, Any], bool] = is_encrypted

    def value(self, data: Any, at: KeyPath = ()) -> Any:
        """Return data as a value of CEL. A key without a value is not there, as for Helm and Kubernetes."""
        if isinstance(data, Mapping):
            self.budget.spend(len(data) // PER_STEP)
            return Map({key: item for key, item in data.items() if item is not None}, at, self)
        if isinstance(data, list):
            self.budget.spend(len(data))
            return ListType(self.value(item, (*at, index)) for index, item in enumerate(data))
        if data is None:
            return None
        return Unknown("unknown") if self.unknown(at, data) else _scalar(data)


@dataclass(eq=False)
class Map(MapType):
    """A map of ours. The library wants a dictionary; the one that this inherits stays empty."""

    data: Mapping[str, Any] = field(repr=False)
    at: KeyPath
    source: Source = field(repr=False)

    def __getitem__(self, key: Any) -> Any:
        return self.source.value(self.data[key], (*self.at, str(key)))

    def __contains__(self, key: object) -> bool:
        return key in self.data

    def __iter__(self) -> Iterator[Any]:
        return (StringType(key) for key in self.data)

    def __len__(self) -> int:
        return len(self.data)


def _scalar(data: Any) -> Any:
    if isinstance(data, bool):
        return BoolType(data)
    if isinstance(data, int) and data in _INTEGERS:
        return IntType(data)
    if isinstance(data, int | float):
        return DoubleType(data)
    return StringType(data)
