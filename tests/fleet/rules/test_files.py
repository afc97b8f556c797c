"""Files: listed by somebody, encrypted when their name says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.fleet.load import load
from tests.fleet.rules.fleets import told, write

if TYPE_CHECKING:
    from pathlib import Path

ENCRYPTED = "a: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]\nsops: {version: 3.9.0}\n"
DIRECTORY = "config/clusters/campus"


@pytest.mark.parametrize(
    ("name", "text", "is_plain"),
    [
        ("enc-a.yaml", "a: 1\n", True),
        ("a.secret.json", '{"a": 1}', True),
        ("enc-a.yaml", ENCRYPTED, False),
        ("enc-a.yaml", "\n", False),
        ("encoding.yaml", "a: 1\n", False),
        ("a.secrets.yaml", "a: 1\n", False),
        ("enc-a.secret.md", "How to encrypt\n", False),
        ("enc-a.secret.age", "age-encryption.org/v1\n", False),
    ],
)
def test_files_are_looked_at_whether_anybody_lists_them_or_not(
    tmp_path: Path, name: str, text: str, is_plain: bool
) -> None:
    root = write(tmp_path)
    (root / DIRECTORY / name).write_text(text)
    assert bool(told(root, "plain-secret")) == is_plain


def test_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / DIRECTORY / "enc-directory.yaml").mkdir()
    (root / DIRECTORY / "enc-nowhere.values.yaml").symlink_to("nowhere.yaml")
    (root / DIRECTORY / "enc-circle.values.yaml").symlink_to("enc-circle.values.yaml")
    assert load(root)[1] == ()


def test_of_one_cluster_nobody_knows_who_else_lists_its_files(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / DIRECTORY / "shared.values.yaml").write_text("a: 1\n")
    assert len(told(root, "unlisted-values")) == 1
    assert told(root, "unlisted-values", only="campus") == []


def test_who_lists_a_file_that_cannot_be_used_lists_it(tmp_path: Path) -> None:
    root = write(tmp_path, values="a: 1\n")
    (root / DIRECTORY / "values.values.yaml").unlink()
    (root / DIRECTORY / "values.values.yaml").symlink_to("/etc/hostname")
    assert [problem.rule for problem in load(root)[1]] == ["file"]


def test_an_encrypted_cluster_is_told_as_such_and_nothing_else(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / DIRECTORY / "cluster.yaml").write_text(ENCRYPTED)
    fleet, problems = load(root)
    assert [problem.rule for problem in problems] == ["encrypted-value"]
    assert fleet.clusters[0].hubs == ()
