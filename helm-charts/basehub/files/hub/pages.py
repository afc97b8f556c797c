"""Show the hub's home page and announcement with the templates that came as files.

Templates of a community come before ours, its files before those of an image; those of the hub's own
`templatePaths` come before all.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from markupsafe import escape
from z2jh import get_config

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from traitlets.config import Config

c: Config


def _announcement(said: Mapping[str, Any]) -> Callable[[Any], str]:
    # JupyterHub calls this for every page, and puts what it returns into the page as HTML.
    text = str(escape(said["text"]))
    last = date.fromisoformat(said["until"]) if said.get("until") else None

    def announcement(_user: Any) -> str:
        return text if last is None or datetime.now(UTC).date() <= last else ""

    return announcement


def _show(config: Config, directories: Mapping[str, str], said: Mapping[str, Any] | None) -> None:
    for name in ("community", "image", "own"):
        if name in directories:
            config.JupyterHub.template_paths.append(directories[name])
    shown = {
        "custom": get_config("custom.homepage.templateVars") or {},
        "home_page": get_config("custom.deployer.home_page") or {},
    }
    if said:
        shown["announcement"] = _announcement(said)
    config.JupyterHub.template_vars.update(shown)


_show(
    c,  # noqa: F821 JupyterHub gives it
    get_config("custom.deployer.templates") or {},
    get_config("custom.deployer.announcement"),
)
