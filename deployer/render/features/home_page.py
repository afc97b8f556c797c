"""The page that people see before they log in.

It is made of text, never of HTML: the hub's templates escape all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.render.paths import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deployer.fleet.model import Organisation
    from deployer.render.subject import Subject

_KNOWN = {"organisation": "org", "operator": "operated_by", "designed_by": "designed_by"}
"""What home pages of before this chart have too, and how templates that were made for those call it."""


def values(subject: Subject, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the templates show. Where nothing says who runs the hub, it is who runs the fleet."""
    known = {_KNOWN[name]: value for name, value in settings.items() if name in _KNOWN}
    if "operator" not in settings and not _says_operator(subject):
        known.update(_operator(subject.cluster.organisation))
    ours = {name: value for name, value in settings.items() if name not in _KNOWN}
    page = {"title": subject.hub.display_name, **ours}
    custom = {"homepage": {"templateVars": {"enabled": True, **known}}, "deployer": {"home_page": page}}
    return {"jupyterhub": {"custom": custom}}


def _says_operator(subject: Subject) -> bool:
    # Merged into ours, a name without an address would get the address of somebody else.
    at = ("jupyterhub", "custom", "homepage", "templateVars")
    said = look_up(subject.said, at)
    return isinstance(said, dict) and _KNOWN["operator"] in said


def _operator(organisation: Organisation) -> dict[str, Any]:
    """Return the fleet's operator as the templates show one, {} for a fleet that names none."""
    name, contact = organisation.name, organisation.contact
    if not name:
        return {}
    if not contact:
        return {_KNOWN["operator"]: {"name": name}}
    url = contact if contact.startswith(("https://", "http://")) else f"mailto:{contact}"
    return {_KNOWN["operator"]: {"name": name, "url": url}}
