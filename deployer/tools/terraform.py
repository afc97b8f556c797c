"""OpenTofu or Terraform, 1.11 or newer: where it is, how it is started, what it says.

Nothing is asked on a terminal, nothing is coloured, and nobody is called home.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError, Interrupted
from deployer.tools.process import ProgramFailed, ProgramMissing, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from deployer.tools.process import Programs

PLAN = "plan.tfplan"
EVENTS = "events.jsonl"
"""What `apply` tells, line by line."""
_MOMENT = 0.1
"""Seconds between two looks at it."""
_NAMES = ("tofu", "terraform")
_OLDEST = (1, 11)
_INSTALL_HINT = "install OpenTofu 1.11 or newer, or run `make tools-all`"
_QUIET = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1", "TF_CLI_ARGS": ""}


@dataclass(frozen=True, kw_only=True)
class Terraform:
    """An installed OpenTofu or Terraform at work in `directory`, with an environment of its own."""

    name: str
    version: str
    programs: Programs
    directory: Path
    env: Mapping[str, str]

    def init(self, *options: str) -> None:
        """Get the providers and open the backend."""
        self.run("init", *options)

    def plan(self, *options: str) -> None:
        """Save a plan."""
        self.run("plan", f"-out={PLAN}", *options)

    def show(self) -> dict[str, Any]:
        """Return the saved plan as JSON has it. It may hold secrets."""
        found: dict[str, Any] = json.loads(self.run("show", "-json", PLAN).stdout)
        return found

    def state(self) -> dict[str, Any]:
        """Return the state as JSON has it; {} when there is none. It may hold secrets."""
        found: dict[str, Any] = json.loads(self.run("show", "-json").stdout)
        return found

    def apply(self, tell: Callable[[str, str], None]) -> None:
        """Carry the saved plan out; `tell` hears of each resource that begins or ends, and its address.

        Raises:
            ProgramFailed: something could not be made. What was made is in the state.
            Interrupted: the user asked to stop, and it stopped in good order.
        """
        errors: list[str] = []

        def hear(line: str) -> None:
            try:
                event = json.loads(line)
            except ValueError:
                errors.append(line)
                return
            if event.get("@level") == "error":
                errors.append(_diagnosis(event))
            elif event.get("type") in ("apply_start", "apply_complete", "apply_errored"):
                # Nobody may read any more: what is begun has to be finished all the same.
                with suppress(OSError):
                    tell(event["type"].removeprefix("apply_"), event["hook"]["resource"]["addr"])

        self.programs.interruption.check()
        argv = self._argv("apply", "-json", PLAN)
        status = self._follow(argv, hear)
        if self.programs.interruption.requested:
            raise Interrupted("interrupted")
        if status:
            raise ProgramFailed(
                Result(argv=tuple(argv), returncode=status, stdout="", stderr="\n".join(errors))
            )

    def outputs(self) -> dict[str, Any]:
        """Return the outputs, each with `value` and `sensitive`."""
        found: dict[str, Any] = json.loads(self.run("output", "-json").stdout)
        return found

    def pull(self) -> str:
        """Return the state as it is kept; an empty text when there is none. It may hold secrets."""
        return self.run("state", "pull").stdout

    def push(self, state: str) -> None:
        """Save a state from a file where it belongs. One of another lineage, or an older one, is refused."""
        self.run("state", "push", state)

    def forget(self, addresses: Sequence[str]) -> None:
        """Take resources out of the state, and leave them alone where they are."""
        self.run("state", "rm", *addresses)

    def import_(self, address: str, identity: str) -> None:
        """Take a resource that exists into the state."""
        self.run("import", address, identity)

    def unlock(self, lock: str) -> None:
        """Remove a lock of the state by its id."""
        self.run("force-unlock", "-force", lock)

    def run(self, *arguments: str) -> Result:
        """Run a subcommand to its end."""
        return self.programs.run(self._argv(*arguments), env={**_QUIET, **self.env}, cwd=self.directory)

    def _argv(self, command: str, *arguments: str) -> list[str]:
        knows_colours = command not in ("force-unlock", "state") and "-json" not in arguments
        return [self.name, command, *(["-no-color"] if knows_colours else []), *arguments]

    def _follow(self, argv: Sequence[str], hear: Callable[[str], None]) -> int:
        # Through a file: when we are killed, a pipe without a reader would kill Terraform before it has
        # written the state.
        told = self.directory / EVENTS
        told.unlink(missing_ok=True)
        told.touch(mode=0o600)
        with (
            told.open(encoding="utf-8", errors="replace") as file,
            self.programs.background(
                argv, env={**_QUIET, **self.env}, cwd=self.directory, stdout=told
            ) as process,
        ):
            rest = ""
            while True:
                status = process.poll()
                *lines, rest = (rest + file.read()).split("\n")
                for line in lines:
                    hear(line)
                if status is not None:
                    return status
                time.sleep(_MOMENT)


def find(programs: Programs, directory: Path, env: Mapping[str, str]) -> Terraform:
    """Return OpenTofu, or else Terraform.

    Raises:
        ProgramMissing: neither is installed.
        DeployerError: what is installed is too old.
    """
    for name in _NAMES:
        if programs.find(name) is None:
            continue
        said = json.loads(programs.run([name, "version", "-json"], env={**_QUIET}, cwd=directory).stdout)
        version: str = said["terraform_version"]
        if tuple(int(part) for part in version.split("-", maxsplit=1)[0].split(".")[:2]) < _OLDEST:
            raise DeployerError(f"{name} {version} is too old", hint=_INSTALL_HINT)
        return Terraform(name=name, version=version, programs=programs, directory=directory, env=env)
    raise ProgramMissing("tofu", hint=_INSTALL_HINT)


def _diagnosis(event: Mapping[str, Any]) -> str:
    told = event.get("diagnostic", {})
    where = f" ({told['address']})" if told.get("address") else ""
    lines = [f"{told.get('summary', event.get('@message', ''))}{where}", told.get("detail", "")]
    return "\n".join(line for line in lines if line)
