"""A kubeconfig file is taken along encrypted, or without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.operations.new import kubeconfig

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = "clusters: []\ncontexts: []\nusers: [{name: a, user: {exec: {command: aws}}}]\n"
TOKEN = PLAIN.replace("exec: {command: aws}", "token: abc")
SECRET = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"
ENCRYPTED = TOKEN.replace("abc", f'"{SECRET}"') + "sops: {version: 3.9.0}\n"


@pytest.mark.parametrize(
    ("content", "name"), [(PLAIN, "kubeconfig.yaml"), (ENCRYPTED, "enc-kubeconfig.secret.yaml")]
)
def test_its_name_says_whether_it_is_encrypted(tmp_path: Path, content: str, name: str) -> None:
    path = tmp_path / "given"
    path.write_text(content)
    assert (kubeconfig.wrong(path, "moor"), kubeconfig.name_beside(path)) == (None, name)


def test_a_secret_is_to_be_encrypted_first_and_how_is_said(tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.write_text(TOKEN)
    assert kubeconfig.wrong(path, "moor") == (
        "must be encrypted, for there is a secret in it: type `sops encrypt --filename-override "
        f"config/clusters/moor/enc-kubeconfig.secret.yaml {path} > enc-kubeconfig.secret.yaml`, "
        "and name enc-kubeconfig.secret.yaml here"
    )


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("a: 1\n", "must be a kubeconfig file, with `clusters` and `contexts`"),
        ("a: [\n", "must be YAML: "),
        (None, "must be a file that is there: given"),
    ],
)
def test_another_file_is_none(tmp_path: Path, content: str | None, wrong: str) -> None:
    path = tmp_path / "given"
    if content is not None:
        path.write_text(content)
    assert (kubeconfig.wrong(path, "moor") or "").startswith(wrong)
