"""The way to a login provider and back: addresses, client, the providers behind CILogon."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from deployer.fleet.model import Local
from deployer.fleet.rule import Finding, rule
from deployer.fleet.violations import shown, violations
from deployer.rules.values.parts import cilogon
from deployer.rules.values.parts.authentication import CLASS, CONFIG, authentication, secret_file
from deployer.rules.values.parts.code import set_elsewhere
from deployer.rules.values.parts.shapes import mapping, sequence, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues

_CLIENT = ("client_id", "client_secret")
_SCHEMES = ("http://", "https://", "urn:")


@rule("warning")
def oauth_callback(release: HubValues) -> Iterator[Finding]:
    """Want an `oauth_callback_url` that leads back to the hub.

    Without one it is computed, from the hub's host and `hub.baseUrl`. One that leads elsewhere sends people
    to another hub after they have logged in, or to none.
    """
    auth = authentication(release)
    if auth is None or isinstance(release.cluster.provider, Local) or _hidden(release):
        return
    setting = auth.settings.get("oauth_callback_url")
    if setting is None or not text(setting.value) or release.unknown(setting.at):
        return
    computed = release.merged.origin_path(setting.at)[0].document is None
    base = text(release.value("jupyterhub", "hub", "baseUrl")).rstrip("/")
    path = f"{base}/hub/oauth_callback"
    if not computed and not _leads_to(setting.value, _hosts(release), path):
        advice = f"write `https://{release.host}{path}`, or leave it out: it is computed"
        yield release.finding(setting.at, f"`oauth_callback_url` does not lead back to this hub: {advice}")


@rule("warning")
def oauth_client(release: HubValues) -> Iterator[Finding]:
    """Want a hub that logs in with a provider to have both `client_id` and `client_secret`.

    An encrypted one counts, and so does one that comes by the environment or by the hub's own Python. With
    `generic-oauth` a provider may do without a secret.
    """
    auth = authentication(release)
    if auth is None or not auth.oauth:
        return
    settings = auth.settings
    needed = _CLIENT[:1] if auth.name == "generic-oauth" else _CLIENT
    missing = [key for key in needed if not auth.set(settings.get(key)) and not _elsewhere(release, key)]
    if missing:
        named = " and ".join(f"`{key}`" for key in missing)
        section = auth.sections[-1]
        them = "them" if len(missing) > 1 else "it"
        where = f"under `{shown((*CONFIG, section))}` in {secret_file(release)}"
        message = f"missing {named} of `{section}`: write {them} {where}"
        present = next((settings[key] for key in _CLIENT if key in settings and key not in missing), None)
        yield release.finding(present.at if present else CLASS, message)


@rule()
def cilogon_providers(release: HubValues) -> Iterator[Finding]:
    """Want the identity providers of CILogon as OAuthenticator takes them.

    A hub does not start with others, and nobody can log in when there is none.
    """
    auth = authentication(release)
    if auth is None or auth.name != "cilogon" or set_elsewhere(release, "idps"):
        return
    setting = cilogon.setting(auth)
    if setting is None or not mapping(setting.value):
        at = setting.at if setting else CLASS
        message = "no identity provider: write at least one under `CILogonOAuthenticator.idps`"
        yield release.finding(at, message)
    for name, provider in cilogon.providers(auth).items():
        if not name.startswith(_SCHEMES):
            advice = "its entity id, as https://cilogon.org/idplist has it"
            yield release.finding(provider.at, f"`{name}` is no identity provider: write {advice}")
        for violation in violations(cilogon.PROVIDER, dict(provider.data)):
            at = (*provider.at, *violation.at)
            if not release.unknown(at):
                yield release.finding(at, violation.about(violation.at))


RULES = (oauth_callback, oauth_client, cilogon_providers)


def _hidden(release: HubValues) -> bool:
    """Say whether the hub's host is in an encrypted file."""
    override = release.hub.domain_override
    return override is not None and override.encrypted


def _leads_to(url: str, hosts: set[str], path: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and parts.hostname in hosts and parts.path == path


def _hosts(release: HubValues) -> set[str]:
    listed = sequence(release.value("jupyterhub", "ingress", "hosts"))
    return {release.host, release.hub.domain, *(host for host in listed if isinstance(host, str))}


def _elsewhere(release: HubValues, key: str) -> bool:
    """Say whether the hub may get a client's id or secret by another way than `hub.config`."""
    environment = release.value("jupyterhub", "hub", "extraEnv")
    names = [*mapping(environment), *(mapping(each).get("name") for each in sequence(environment))]
    return any(text(name).endswith(key.upper()) for name in names) or set_elsewhere(release, key)
