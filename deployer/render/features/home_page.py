"""The page that people see before they log in.

It is made of text, never of HTML: the hub's templates escape all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.render.subject import Subject

_KNOWN = {"organisation": "org", "operator": "operated_by", "designed_by": "designed_by"}
"""What home pages of before this chart have too, and how templates that were made for those call it."""


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the templates show."""
    known = {_KNOWN[name]: value for name, value in settings.items() if name in _KNOWN}
    ours = {name: value for name, value in settings.items() if name not in _KNOWN}
    page = {"title": subject.hub.display_name, **ours}
    custom = {"homepage": {"templateVars": {"enabled": True, **known}}, "deployer": {"home_page": page}}
    return {"jupyterhub": {"custom": custom}}
