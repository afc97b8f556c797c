"""Let people choose profiles on the page of jupyterhub-fancy-profiles, where the hub's image has it.

It is also what lets them build an image of a repository there (`dynamic_image_building`).
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config

c: Config

_FANCY = "jupyterhub_fancy_profiles"

if find_spec(_FANCY):
    import_module(_FANCY).setup_ui(c)  # noqa: F821 JupyterHub gives it
