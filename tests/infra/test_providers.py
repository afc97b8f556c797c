"""Where Terraform and OpenTofu are told to get their providers from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.infra import providers

PLACE = "hashicorp/aws/5.100.0/linux_amd64"


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TF_CLI_CONFIG_FILE", raising=False)
    monkeypatch.setattr(providers, "MIRRORS", (str(tmp_path / "habit"),))


def lay_out(mirror: Path) -> Path:
    """Make a mirror for Terraform's registry, and return the file of the provider."""
    place = mirror / "registry.terraform.io" / PLACE
    place.mkdir(parents=True)
    (place / "terraform-provider-aws").write_text("a program")
    return place / "terraform-provider-aws"


@pytest.mark.parametrize("program", ["terraform", "tofu"])
@pytest.mark.parametrize("named", [True, False])
def test_a_mirror_does_for_both_programs(
    program: str, named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = tmp_path / ("named" if named else "habit")
    provider = lay_out(mirror)
    if named:
        config = tmp_path / "terraformrc"
        config.write_text(
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
        )
        monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(config))
    said = providers.configuration(program, tmp_path / "test")
    assert said == {"TF_CLI_CONFIG_FILE": str(tmp_path / "test/cli.tfrc")}
    laid_out = tmp_path / "test/mirror"
    assert f'path = "{laid_out}"' in Path(said["TF_CLI_CONFIG_FILE"]).read_text()
    link = laid_out / providers.REGISTRIES[program] / PLACE / provider.name
    assert link.is_symlink()
    assert link.resolve() == provider.resolve()


def test_a_configuration_without_a_mirror_is_left_to_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "terraformrc"
    config.write_text("provider_installation {\n  direct {}\n}\n")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(config))
    assert providers.configuration("tofu", tmp_path) == {"TF_CLI_CONFIG_FILE": str(config)}


def test_a_machine_with_nothing_asks_the_registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert providers.configuration("tofu", tmp_path) == {}
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "gone"))
    assert providers.configuration("tofu", tmp_path) == {}
