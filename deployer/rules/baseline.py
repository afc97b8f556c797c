"""Problems that a fleet had when somebody began to check it: they don't count, new ones do."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.errors import DeployerError
from deployer.fleet.problems import Identity, identity
from deployer.fleet.rules import UNIGNORABLE
from deployer.fleet.schema import SCHEMAS
from deployer.fleet.violations import validator, violations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from deployer.fleet.problems import Problem

_VERSION = 1


class Compared(NamedTuple):
    """Problems against a baseline: which are new, how many are known, how many known ones are no more."""

    new: tuple[Problem, ...]
    known: int
    gone: int


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Known problems, and how often each is known. With `everything`, whatever is found is known."""

    counts: Mapping[Identity, int] = field(default_factory=dict)
    everything: bool = False

    def accepts(self, problem: Problem, hub: str = "") -> bool:
        """Whether a hub with this problem is looked at further; `hub` names the one that a chart tells it of.

        What cannot be read stops it even so.
        """
        if problem.rule in UNIGNORABLE:
            return False
        told = replace(problem, message=f"hub `{hub}`: {problem.message}")
        return self.everything or any(identity(each) in self.counts for each in (problem, told))

    def compare(self, problems: Iterable[Problem]) -> Compared:
        """Return which problems this has not, each as often as it is too much."""
        left = Counter(self.counts)
        new = []
        for problem in problems:
            if left[identity(problem)] > 0:
                left[identity(problem)] -= 1
            else:
                new.append(problem)
        gone = left.total()
        return Compared(new=tuple(new), known=sum(self.counts.values()) - gone, gone=gone)


NOTHING_KNOWN = Baseline()


def read(path: Path) -> Baseline:
    """Return the baseline in a file.

    Raises:
        DeployerError: there is none, or it is not one.
    """
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise DeployerError(
            f"no such file: {path}", hint=f"write it: `deployer validate --write-baseline {path}`"
        ) from None
    except OSError as error:
        raise DeployerError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise _malformed(path, "it is not JSON") from error
    for violation in violations(_checker(), content):
        raise _malformed(path, violation.about(violation.at))
    counts: Counter[Identity] = Counter()
    for each in content["problems"]:
        counts[Identity(each["path"], each["rule"], each["message"])] += each["count"]
    return Baseline(counts=counts)


def write(path: Path, problems: Iterable[Problem]) -> Baseline:
    """Write a baseline of these problems and return it. A file that is there is replaced at once.

    Raises:
        DeployerError: the file cannot be written.
    """
    baseline = Baseline(counts=Counter(map(identity, problems)))
    target = path.resolve()
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        unfinished.write_text(_text(baseline), encoding="utf-8")
        unfinished.replace(target)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise DeployerError(f"{path} cannot be written: {error.strerror}") from error
    return baseline


def _text(baseline: Baseline) -> str:
    problems = [{**each._asdict(), "count": count} for each, count in sorted(baseline.counts.items())]
    return json.dumps({"version": _VERSION, "problems": problems}, indent=2) + "\n"


def _checker() -> Any:
    return validator(json.loads((SCHEMAS / "baseline.schema.json").read_text(encoding="utf-8")))


def _malformed(path: Path, why: str) -> DeployerError:
    return DeployerError(
        f"{path} is no baseline: {why}", hint=f"write it anew: `deployer validate --write-baseline {path}`"
    )
