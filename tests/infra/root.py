"""A root module of Terraform in a directory of its own, and the program that works on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.infra.providers import AWS, configuration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PATIENCE = 900
"""Seconds for one command; the longest takes 130, most of which the provider sleeps."""

_AWS_PROVIDERS: tuple[dict[str, str], ...] = ({}, {"alias": "global"}, {"alias": "copies"})


def found_here(program: str, repository: Path) -> str | None:
    """Return where a program is: built by us or installed."""
    return shutil.which(program, path=f"{repository / '.tools/bin'}{os.pathsep}{os.environ['PATH']}")


class Root:
    """A copy of a module of terraform/, initialised, with state and values of its own, and what runs it.

    `environ` is what the provider is told, and `source` the environment that says where it is. Where program
    or provider are missing, the test is skipped.
    """

    plan_options: tuple[str, ...] = ()

    def __init__(
        self,
        program: str,
        repository: Path,
        directory: Path,
        *,
        module: str,
        provider: tuple[str, str],
        environ: Mapping[str, str],
    ) -> None:
        argv0 = found_here(program, repository)
        if argv0 is None:
            pytest.skip(f"not installed: {program}")
        self._argv0 = argv0
        self.source = configuration(program, directory, provider)
        ours = {"TF_CLI_ARGS": "-no-color", "TF_IN_AUTOMATION": "1"}
        self._environ = {**os.environ, **self.source, **environ, **ours}
        self.directory = directory / "root"
        ignored = shutil.ignore_patterns(".terraform*")
        shutil.copytree(repository / "terraform" / module, self.directory, ignore=ignored)
        ended = self.try_to("init", "-input=false")
        is_here = self.source.get("TF_CLI_CONFIG_FILE", "").startswith(str(directory))
        if ended.returncode and not is_here:
            pytest.skip(f"not built (`make providers`), nor to be had from the registry: {provider[1]}")
        assert ended.returncode == 0, ended.stderr

    def add(self, name: str, text: str) -> None:
        """Add a file to the module."""
        (self.directory / name).write_text(text)

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Write the values of the variables."""
        (self.directory / "terraform.tfvars.json").write_text(json.dumps(values))

    def run(self, *argv: str, expected: int = 0, environ: Mapping[str, str] | None = None) -> str:
        """Run a command that must end as expected, and return what it says."""
        ended = self.try_to(*argv, environ=environ)
        # What went wrong first: reports cut long texts.
        assert ended.returncode == expected, f"{' '.join(argv)}: {ended.stderr}{ended.stdout[-4000:]}"
        return ended.stdout

    def try_to(
        self, *argv: str, environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command; `environ` is what is different this time."""
        return subprocess.run(
            [self._argv0, *argv],
            cwd=self.directory,
            env={**self._environ, **(environ or {})},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def plan(self, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Plan into the file `plan`, for these values if there are any; return what `show -json` says."""
        if values is not None:
            self.set_values(values)
        self.run("plan", "-input=false", *self.plan_options, "-out=plan")
        found: dict[str, Any] = json.loads(self.run("show", "-json", "plan"))
        return found

    def planned(self) -> dict[str, list[str]]:
        """Plan into the file `plan`, and return what it would change, and how."""
        return {
            change["address"]: change["change"]["actions"]
            for change in self.plan()["resource_changes"]
            if change["change"]["actions"] not in (["no-op"], ["read"])
        }

    def state(self) -> dict[str, Any]:
        """Return the state, as JSON for programs has it."""
        found: dict[str, Any] = json.loads(self.run("show", "-json"))
        return found

    def outputs(self) -> dict[str, Any]:
        """Return the values of all outputs."""
        return {name: output["value"] for name, output in json.loads(self.run("output", "-json")).items()}


def root_for(program: str, repository: Path, tmp_path: Path, environ: dict[str, str]) -> Root:
    """Return a copy of terraform/aws that works on an AWS."""
    root = Root(program, repository, tmp_path, module="aws", provider=AWS, environ=environ)
    # An answer that got lost is asked for again; an error is one of ours here, which time does not heal.
    override = {"provider": {"aws": [{"max_retries": 5, **each} for each in _AWS_PROVIDERS]}}
    root.add("test_override.tf.json", json.dumps(override))
    return root
