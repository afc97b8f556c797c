"""A fleet of one cluster on an AWS of its own, and the program that works on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.infra.providers import configuration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PATIENCE = 600
"""Seconds for one command."""


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """A fleet with the cluster `alps`. `program` is what Python is started with, to be the deployer."""

    root: Path
    environ: Mapping[str, str]
    program: tuple[str, ...] = ("-m", "deployer")

    @property
    def directory(self) -> Path:
        return self.root / "config/clusters/alps"

    @property
    def cluster_yaml(self) -> Path:
        return self.directory / "cluster.yaml"

    def argv(self, *arguments: str) -> list[str]:
        return [sys.executable, *self.program, "--root", str(self.root), "infra", *arguments]

    def infra(self, *arguments: str, expected: int = 0) -> subprocess.CompletedProcess[str]:
        ended = subprocess.run(
            self.argv(*arguments),
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert ended.returncode == expected, f"{' '.join(arguments)}: {ended.stderr}{ended.stdout[-4000:]}"
        return ended

    def change(self, before: str, after: str) -> None:
        text = self.cluster_yaml.read_text()
        assert before in text
        self.cluster_yaml.write_text(text.replace(before, after))


def made_fleet(
    repository: Path, directory: Path, aws: Mapping[str, str], cluster: str, *, module: str = ""
) -> Fleet:
    """Make a fleet below a directory, with a root module of its own when there is one.

    Skips the test where no program or no provider is.
    """
    path = f"{repository / '.tools/bin'}{os.pathsep}{os.environ['PATH']}"
    program = next((name for name in ("tofu", "terraform") if shutil.which(name, path=path)), None)
    if program is None:
        pytest.skip("neither OpenTofu nor Terraform is here: run `make tools-all`")
    source = configuration(program, directory)
    if not source:
        pytest.skip("no AWS provider on this machine")
    environ = {
        **aws,
        **source,
        "DEPLOYER_CACHE": str(directory / "cache"),
        "DEPLOYER_STATE": str(directory / "state"),
        "PATH": path,
    }
    made = Fleet(root=directory / "fleet", environ=environ)
    made.directory.mkdir(parents=True)
    made.cluster_yaml.write_text(cluster)
    if module:
        own = made.root / "terraform/aws"
        own.mkdir(parents=True)
        (own / "versions.tf").write_text(module)
    return made
