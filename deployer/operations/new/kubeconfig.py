"""A kubeconfig file that is to be taken along: encrypted when there is a secret in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.documents import examine
from deployer.fleet.encrypted import is_encrypted_scalar
from deployer.fleet.leaves import leaves

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.fleet.documents import Document

ENCRYPTED = "enc-kubeconfig.secret.yaml"
PLAIN = "kubeconfig.yaml"
_SECRET = frozenset({"client-key-data", "token", "password", "client-secret", "refresh-token", "id-token"})


def wrong(path: Path, cluster: str) -> str | None:
    """Return what keeps a file from being taken along, None when nothing does."""
    try:
        document = _read(path)
    except DeployerError as error:
        return error.message
    if not document.encrypted and any(_secrets(document.data)):
        place = f"config/clusters/{cluster}/{ENCRYPTED}"
        return (
            "must be encrypted, for there is a secret in it: type "
            f"`sops encrypt --filename-override {place} {path} > {ENCRYPTED}`, and name {ENCRYPTED} here"
        )
    if not document.encrypted and not {"clusters", "contexts"} <= document.data.keys():
        return "must be a kubeconfig file, with `clusters` and `contexts`"
    return None


def name_beside(path: Path) -> str:
    """Return the name that a file gets beside cluster.yaml."""
    try:
        return ENCRYPTED if _read(path).encrypted else PLAIN
    except DeployerError:
        # What is wrong with it was told when it was named.
        return ENCRYPTED


def _read(path: Path) -> Document:
    if not path.is_file():
        raise DeployerError(f"must be a file that is there: {path.name}")
    document, problems = examine(path, root=path.parent)
    if problems or not isinstance(document.data, dict):
        raise DeployerError(f"must be YAML: {problems[0].message if problems else path.name}")
    return document


def _secrets(data: Any) -> list[Any]:
    def is_text(value: Any) -> bool:
        return isinstance(value, str) and bool(value) and not is_encrypted_scalar(value)

    return [at for at, _ in leaves(data, is_text) if at[-1] in _SECRET]
