"""A strict stand-in for programs: each call must be the next scripted one, and all must be used."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from deployer.tools.process import ProgramFailed, Programs, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Call:
    """One expected call; `effect` is run with the call's environment, as the program's work."""

    argv: Sequence[str]
    stdout: str = ""
    stderr: str = ""
    returncode: int = 0
    effect: Callable[[Mapping[str, str]], None] | None = None


@dataclass
class FakeRunner:
    """Answers scripted calls in order."""

    expected: deque[Call] = field(default_factory=deque)
    environments: list[dict[str, str]] = field(default_factory=list)

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        timeout: float | None = None,
        check: bool = True,
    ) -> Result:
        assert self.expected, f"unexpected call: {list(argv)}"
        call = self.expected.popleft()
        assert list(argv) == list(call.argv)
        self.environments.append(dict(env or {}))
        if call.effect:
            call.effect(env or {})
        result = Result(argv=tuple(argv), returncode=call.returncode, stdout=call.stdout, stderr=call.stderr)
        if check and call.returncode:
            raise ProgramFailed(result)
        return result

    def all_used(self) -> bool:
        """Tell whether every scripted call was made."""
        return not self.expected

    @property
    def programs(self) -> Programs:
        """This fake, as what the clouds are given."""
        return cast("Programs", self)
