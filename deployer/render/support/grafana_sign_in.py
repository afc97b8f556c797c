"""Who may log in to Grafana: the operator's people, who see all hubs of the cluster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deployer.render.support.subject import SupportSubject

SECRET = "grafana-sign-in"  # noqa: S105 - a name
"""A Secret of the chart with the application's id and secret, as Grafana takes them from its environment."""
_SECTIONS = {"github": "auth.github", "google": "auth.google", "oidc": "auth.generic_oauth"}
_NAMES = {"github": "login", "google": "email", "oidc": "email"}
_OIDC = {"authorize_url": "auth_url", "token_url": "token_url", "userdata_url": "api_url", "label": "name"}


def grafana_sign_in(subject: SupportSubject) -> dict[str, Any]:
    """Let the operator's staff log in to Grafana as its admins, and whom `grafanaSignIn` names as viewers.

    Nobody else may: Grafana shows all hubs, and cannot show somebody only one of them.
    """
    said = subject.own_value("grafanaSignIn")
    kind = next((each for each in _SECTIONS if isinstance(said, Mapping) and said.get(each)), None)
    if kind is None or not isinstance(said, Mapping):
        return {}
    section = {
        "enabled": True,
        "allow_sign_up": True,
        "allow_assign_grafana_admin": True,
        # Who has no role by the next line is refused.
        "role_attribute_strict": True,
        "role_attribute_path": _roles(subject, kind, said[kind]),
        **_of_provider(kind, said[kind]),
    }
    ini = {_SECTIONS[kind]: section}
    return {"grafana": {"grafana.ini": ini, "envFromSecrets": [{"name": SECRET}]}}


def _of_provider(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what only this kind of provider has to be told."""
    if kind == "github":
        return {"scopes": "user:email,read:org"}
    if kind == "google":
        return {"scopes": "openid email profile"}
    said = {there: settings[here] for here, there in _OIDC.items() if here in settings}
    return {"scopes": "openid email profile", **said}


def _roles(subject: SupportSubject, kind: str, settings: Mapping[str, Any]) -> str:
    """Return the expression (JMESPath) by which Grafana finds the role of who logs in."""
    staff = subject.cluster.organisation.staff.get("github" if kind == "github" else "google", ())
    name, groups = _NAMES[kind], settings.get("groups_claim", "groups")
    admins = [*staff, *settings.get("admins", ())]
    found = [_one_of(name, admins, "GrafanaAdmin"), _one_of(name, settings.get("viewers", ()), "Viewer")]
    # GitHub's teams are `@organisation/team` there.
    teams = (f"@{each}" for each in settings.get("teams", ()))
    told = (*teams, *settings.get("groups", ()))
    found += [f"contains(not_null({groups}, ['']), {_text(each)}) && 'Viewer'" for each in told]
    # Null is no role.
    return " || ".join(each for each in found if each) or "nobody"


def _one_of(name: str, people: Any, role: str) -> str:
    """Return the part that gives a role to those who are named."""
    named = [f"{name} == {_text(each)}" for each in people]
    return f"({' || '.join(named)}) && '{role}'" if named else ""


def _text(value: str) -> str:
    """Return a text as JMESPath has it, without what would end it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
