"""Tell the templates of the hub's pages, as `custom`, what `custom.homepage.templateVars` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from z2jh import get_config

if TYPE_CHECKING:
    from traitlets.config import Config

c: Config

c.JupyterHub.template_vars.update({"custom": get_config("custom.homepage.templateVars") or {}})  # noqa: F821
