"""outputs.yaml: what our modules tell is declared, and a file that says something else is told."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
import yaml
from jsonschema import Draft7Validator

from deployer.fleet.load import load, load_fleet
from deployer.fleet.problems import ConfigurationError
from deployer.fleet.schema_files import whole

if TYPE_CHECKING:
    from pathlib import Path

TOLD = """
state: {lineage: 0c7a, serial: 3}
autoscaler_role: arn:aws:iam::123456789012:role/alps-autoscaler
buckets: {scratch: alps-scratch}
ci_identity: {client_id: x}
cluster: {endpoint: "https://alps", name: alps, version: "1.34"}
databases: {grades: {host: 10.1.2.3, port: 5432, name: alps-grades, secret: arn}}
dns: {id: Z1, identity: alps-dns, name_servers: [a, b], zone: example.org}
home_storage:
  homes: {kind: disk, id: vol-0123, zone: us-west-2a, size: 100}
  common: {kind: share, id: fs-0123, server: 10.1.2.3, path: /homes}
hub_identities: {research: arn}
network: {id: vpc-1, private_subnets: [a], public_subnets: []}
registries: {images: registry.example.org/images}
something_of_my_own: [1, {a: 2}]
"""


@pytest.fixture
def root(repository: Path, tmp_path: Path) -> Path:
    return shutil.copytree(repository / "tests/examples/valid/every-key", tmp_path / "fleet")


def say(root: Path, text: str) -> None:
    (root / "config/clusters/alps/outputs.yaml").write_text(text)


@pytest.mark.parametrize("cloud", ["aws", "gcp", "azure"])
def test_every_output_of_our_modules_is_declared(repository: Path, cloud: str) -> None:
    path = repository / f"terraform/{cloud}/outputs.tf"
    if not path.exists():
        pytest.skip("there is no such module")
    outputs = re.findall(r'^output "(\w+)"', path.read_text(), re.MULTILINE)
    assert set(outputs) <= set(whole("outputs")["properties"])
    assert "home_storage" in outputs


def test_what_modules_tell_is_in_order_and_so_is_what_your_own_tells_beside(root: Path) -> None:
    assert not list(Draft7Validator(whole("outputs")).iter_errors(yaml.safe_load(TOLD)))
    say(root, TOLD)
    load_fleet(root)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("home_storage: 10.0.0.2\n", "home_storage"),
        ("home_storage: {homes: {kind: disc, id: x}}\n", "home_storage.homes.kind"),
        ("home_storage: {homes: {kind: disk}}\n", "home_storage.homes"),
        ("network: {id: 1}\n", "network.id"),
    ],
)
def test_another_shape_is_told_with_what_writes_it_anew(root: Path, text: str, where: str) -> None:
    say(root, text)
    (problem,) = [each for each in load(root)[1] if each.severity == "error"]
    assert problem.path == "config/clusters/alps/outputs.yaml"
    assert where in problem.message
    assert problem.message.endswith("; `deployer infra output alps` writes the file anew")


@pytest.mark.parametrize("text", ["home_storage: 10.0.0.2\n", "<<<<<<< HEAD\nstate: {\n"])
def test_who_writes_it_anew_is_not_stopped_by_it(root: Path, text: str) -> None:
    say(root, text)
    with pytest.raises(ConfigurationError):
        load_fleet(root, only="alps")
    assert load_fleet(root, only="alps", apart_from="outputs.yaml").clusters[0].name == "alps"
