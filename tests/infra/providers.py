"""Where Terraform and OpenTofu get their providers from, on machines with a registry and without one."""

from __future__ import annotations

import os
import re
from pathlib import Path

AWS = ("hashicorp", "aws")
AZURERM = ("hashicorp", "azurerm")
GOOGLE = ("hashicorp", "google")
REGISTRIES = {"terraform": "registry.terraform.io", "tofu": "registry.opentofu.org"}
BUILT = Path(__file__).parents[2] / ".tools/providers"
"""Where `make providers` puts those that it builds."""
MIRRORS = (
    str(BUILT),
    *map(str, sorted(Path("/opt").glob("*"))),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "~/.terraform.d/plugins",
)
"""Directories that may have providers: ours, what images put below /opt, and Terraform's own habits."""


def configuration(program: str, directory: Path, wanted: tuple[str, str] = AWS) -> dict[str, str]:
    """Return the environment that tells `terraform` or `tofu` where providers are.

    A mirror that is laid out for the other one's registry does for both. Nothing is said, for the program to
    ask its registry, when neither `TF_CLI_CONFIG_FILE` names a file nor one of `MIRRORS` has the provider.
    """
    named = Path(os.environ.get("TF_CLI_CONFIG_FILE") or os.devnull)
    own = named.read_text() if named.is_file() else ""
    for mirror in [*re.findall(r'^\s*path\s*=\s*"(.+)"', own, re.MULTILINE), *MIRRORS]:
        for provider in Path(mirror).expanduser().glob("/".join(("*", *wanted))):
            return _mirrored(provider, wanted, REGISTRIES[program], directory)
    return {"TF_CLI_CONFIG_FILE": str(named)} if own else {}


def _mirrored(provider: Path, wanted: tuple[str, str], registry: str, directory: Path) -> dict[str, str]:
    """Lay a provider out under the name of a registry, and return the environment that names it."""
    mirror = directory / "mirror"
    for file in provider.glob("*/*/*"):
        # Links to files: OpenTofu does not follow one to a directory.
        link = mirror.joinpath(registry, *wanted, file.relative_to(provider))
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file)
    config = directory / "cli.tfrc"
    config.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
    return {"TF_CLI_CONFIG_FILE": str(config)}
