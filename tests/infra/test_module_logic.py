"""The tests of the modules themselves, terraform/*/tests, with providers that make nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infra.providers import AWS, AZURERM, GOOGLE, configuration

pytestmark = pytest.mark.integration

TERRAFORM = Path(__file__).parents[2] / "terraform"
PROVIDERS = {"aws": AWS, "azure": AZURERM, "gcp": GOOGLE}
PATIENCE = 300
"""Seconds for one command; the longest takes 20."""


@pytest.mark.parametrize("program", [pytest.param("terraform", marks=pytest.mark.nightly), "tofu"])
@pytest.mark.parametrize("module", PROVIDERS)
def test_the_modules_own_tests_pass(module: str, program: str, repository: Path, tmp_path: Path) -> None:
    path = shutil.which(program, path=f"{repository / '.tools/bin'}{os.pathsep}{os.environ['PATH']}")
    if path is None:
        pytest.skip(f"not installed: {program}")
    place = shutil.copytree(
        TERRAFORM / module, tmp_path / module, ignore=shutil.ignore_patterns(".terraform*")
    )
    source = configuration(program, tmp_path, PROVIDERS[module])

    def run(*argv: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, **source, "TF_IN_AUTOMATION": "1"}
        return subprocess.run(
            [path, *argv, "-no-color"],
            cwd=place,
            env=environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    ready = run("init", "-input=false")
    if ready.returncode and not source.get("TF_CLI_CONFIG_FILE", "").startswith(str(tmp_path)):
        pytest.skip(
            f"not built (`make providers`), nor to be had from the registry: the provider of {module}"
        )
    assert ready.returncode == 0, ready.stderr
    done = run("test")
    assert done.returncode == 0, done.stdout + done.stderr
    runs = sum(
        text.count("\nrun ") for text in (each.read_text() for each in place.glob("tests/*.tftest.hcl"))
    )
    assert runs, f"{module} has no tests"
    assert f"{runs} passed, 0 failed" in done.stdout
