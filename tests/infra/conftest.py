"""A local AWS for tests of what is in terraform/."""

from __future__ import annotations

import os
import select
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 120
"""Seconds that the server has to begin and to end in; it takes 3, on a machine with nothing else to do."""


@pytest.fixture
def local_aws(repository: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment in which programs talk to an AWS of their own: empty, and on this machine."""
    python = repository / ".tools/moto/bin/python"
    if not python.exists():
        pytest.skip("not built: .tools/moto (`make tools-all`)")
    log = tmp_path / "aws.log"
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [python, "-m", "tests.infra.aws"],
            cwd=repository,
            # The policies that are AWS's own: roles get some of them.
            env={**os.environ, "MOTO_IAM_LOAD_MANAGED_POLICIES": "true", "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as server,
    ):
        try:
            assert server.stdout is not None
            readable, _, _ = select.select([server.stdout], [], [], PATIENCE)
            address = server.stdout.readline().strip() if readable else ""
            assert address, f"no local AWS after {PATIENCE} s: {log.read_text()}"
            yield {
                "AWS_ACCESS_KEY_ID": "nobody",
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_ENDPOINT_URL": address,
                "AWS_SECRET_ACCESS_KEY": "nothing",
            }
        finally:
            server.terminate()
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
