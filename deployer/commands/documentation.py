"""Where the documentation of this program is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def documentation(environ: Mapping[str, str]) -> str | None:
    """Return the address of the documentation with a `/` at its end, or None when none is known.

    `DEPLOYER_DOCS` says it, else the project's metadata do (`urls.Documentation` in pyproject.toml).
    """
    address = environ.get("DEPLOYER_DOCS") or _published()
    return f"{address.rstrip('/')}/" if address else None


def _published() -> str | None:
    from importlib.metadata import metadata

    named = (entry.partition(", ") for entry in metadata("deployer").get_all("Project-URL") or ())
    return next((address for name, _, address in named if name == "Documentation"), None)
