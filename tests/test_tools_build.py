"""The builder of the pinned programs: what it builds with which flags, and when it builds again."""

from __future__ import annotations

import re
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def build(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The program `tools/build`, as a module."""
    loader = SourceFileLoader("tools_build", str(repository / "tools" / "build"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, loader.name, module)  # its dataclasses look for their module there
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    return module


def test_kubernetes_knows_the_version_that_its_module_pins(build: Any) -> None:
    version = build.PROGRAMS["kubernetes"].pinned()
    assert (version["major"], version["minor"]) == ("1", "34")
    variables = "k8s.io/component-base/version"
    set_by_linker = f"-X {variables}.gitVersion=v{version['version']} -X {variables}.gitMajor=1"
    assert build.PROGRAMS["kubernetes"].argv(Path("/out")) == [
        *("go", "build", "-v", "-trimpath", "-buildvcs=false", "-mod=readonly"),
        *("-ldflags", f"-s -w {set_by_linker} -X {variables}.gitMinor=34"),
        *("-o", "/out", "."),
    ]


def test_both_majors_of_helm_know_their_versions(build: Any) -> None:
    assert build.PROGRAMS["helm"].pinned()["major"] == "4"
    assert build.PROGRAMS["helm3"].pinned()["major"] == "3"
    version = build.PROGRAMS["helm3"].pinned()["version"]
    assert f"-X helm.sh/helm/v3/internal/version.version=v{version}" in " ".join(
        build.PROGRAMS["helm3"].argv(Path("/out"))
    )


def test_prometheus_knows_kubernetes_and_no_cloud(build: Any) -> None:
    argv = build.PROGRAMS["prometheus"].argv(Path("/out"))
    assert argv[argv.index("-tags") + 1] == "remove_all_sd,enable_kubernetes_sd"


def test_opentofu_is_no_development_version(build: Any) -> None:
    assert "-X github.com/opentofu/opentofu/version.dev=no" in " ".join(
        build.PROGRAMS["tofu"].argv(Path("/out"))
    )


def test_a_provider_goes_into_a_mirror_as_the_version_that_its_module_of_ours_pins(
    build: Any, repository: Path
) -> None:
    modules = {"azurerm": "azure", "google": "gcp"}
    assert set(build.PROVIDERS) == set(modules)
    for name, module in modules.items():
        provider = build.PROGRAMS[name]
        pinned = re.search(
            rf'hashicorp/{name}"\s+version = "(.+)"',
            (repository / "terraform" / module / "versions.tf").read_text(),
        )
        assert pinned is not None
        assert provider.version == pinned[1]
        place = f"providers/registry.terraform.io/hashicorp/{name}/{pinned[1]}/linux_amd64"
        assert provider.output("linux_amd64") == (
            repository / ".tools" / place / f"terraform-provider-{name}_v{pinned[1]}"
        )
        assert f"version.ProviderVersion={pinned[1]}" in " ".join(provider.argv(Path("/out")))


def test_providers_are_built_only_when_asked_for(build: Any) -> None:
    assert set(build.GROUPS["all"]) | set(build.PROVIDERS) == set(build.PROGRAMS)
    assert not set(build.GROUPS["all"]) & set(build.PROVIDERS)


def test_every_program_has_a_module_with_sums(build: Any, repository: Path) -> None:
    modules = {program.directory for program in build.PROGRAMS.values()}
    assert modules == {path.parent for path in (repository / "tools").glob("*/go.mod")}
    for module in modules:
        has_dependencies = "require" in (module / "go.mod").read_text()
        assert (module / "go.sum").exists() is has_dependencies, module


def test_a_program_is_built_again_when_any_file_of_its_module_changed(build: Any, tmp_path: Path) -> None:
    build.SOURCES = tmp_path
    (tmp_path / "thing" / "part").mkdir(parents=True)
    (tmp_path / "thing" / "go.mod").write_text("module thing\n")
    (tmp_path / "thing" / "part" / "main.go").write_text("package main\n")
    program = build.Program("thing")
    before = build._digest(program, "go1.26")
    assert build._digest(program, "go1.26") == before
    assert build._digest(program, "go1.27") != before
    (tmp_path / "thing" / "part" / "main.go").write_text("package main // changed\n")
    assert build._digest(program, "go1.26") != before


def test_an_unknown_program_is_refused(build: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["kubernets"]) == 1
    assert capsys.readouterr().err.startswith("tools/build: no such program: kubernets; there are helm, ")
