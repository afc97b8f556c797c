"""sops: decrypting files into memory, never onto a disk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.tools.process import ProgramMissing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.tools.process import Result, Runner

# What leads sops to keys: its own settings, and credentials for the key services of clouds and of Vault.
_PREFIXES = ("SOPS_", "AWS_", "GOOGLE_", "AZURE_", "VAULT_")
_NAMES = ("CLOUDSDK_CONFIG",)

_NO_KEY = (128,)
_DAMAGED = (24, 25, 51, 52)
_SHOWN_LINES = 5


def decrypt(runner: Runner, path: Path, *, environ: Mapping[str, str], name: str) -> dict[str, Any]:
    """Return the content of an encrypted YAML or JSON file; messages call it `name`.

    Raises:
        ProgramMissing: sops is not installed.
        DeployerError: there is no key for the file, it is damaged, or sops failed otherwise.
    """
    try:
        result = runner.run(decrypt_argv(path), env=environment(environ), check=False)
    except ProgramMissing as error:
        hint = "run `make tools-all`, or `go install github.com/getsops/sops/v3/cmd/sops@latest`"
        raise ProgramMissing(error.name, hint=hint) from None
    if result.returncode != 0:
        raise _failure(result, path, name)
    return _parsed(result.stdout, name)


def decrypt_argv(path: Path) -> list[str]:
    """Return the argument list that decrypts a file to stdout, whatever its format, as JSON."""
    return ["sops", "--decrypt", "--output-type", "json", str(path)]


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the part of our environment that leads sops to keys."""
    return {name: value for name, value in environ.items() if name.startswith(_PREFIXES) or name in _NAMES}


def _parsed(text: str, name: str) -> dict[str, Any]:
    # Whatever is wrong with it, the text is secret: it must not come along in a chained exception.
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise DeployerError(f"encrypted file does not hold a map: {name}")
    return content


def _failure(result: Result, path: Path, name: str) -> DeployerError:
    if result.returncode in _NO_KEY:
        return DeployerError(
            f"no key to decrypt: {name}",
            hint="point `SOPS_AGE_KEY_FILE` to the age key, or log in to the cloud that keeps the key; "
            f"`sops --decrypt {path} > /dev/null` tells which keys would do",
        )
    if result.returncode in _DAMAGED:
        return DeployerError(
            f"encrypted file is damaged, or was edited without sops: {name}",
            hint=f"restore it with `git checkout {path}`, then edit it with `sops {path}`",
        )
    said = result.stderr.strip().splitlines()[-_SHOWN_LINES:]
    return DeployerError("\n".join([f"`sops` failed with exit code {result.returncode}: {name}", *said]))
