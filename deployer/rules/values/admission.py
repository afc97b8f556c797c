"""Who gets in: somebody at least, and everybody only on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import Finding, rule
from deployer.rules.values.parts.authentication import CLASS, authentication
from deployer.rules.values.parts.cilogon import providers
from deployer.rules.values.parts.code import set_elsewhere
from deployer.rules.values.parts.shapes import sequence, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.rules.subjects import HubValues
    from deployer.rules.values.parts.authentication import Authentication, Setting

_NOT_ADMITTING = ("allowed_idps", "allow_unverified_email")
_ADMITTING = ("admin_users", "admin_groups", "admin_google_groups", "admin_globus_groups", "any_allow_config")
_MEMBERSHIPS = (
    "allowed_organizations",
    "allowed_groups",
    "allowed_teams",
    "allowed_gitlab_groups",
    "allowed_project_ids",
    "allowed_google_groups",
    "allowed_globus_groups",
)
_BY_CONFIGURATION = ("shared-password", "pam", "default", "lti13", "native")
_CONFINED = {
    "github": ("github_url",),
    "gitlab": ("gitlab_url",),
    "globus": ("identity_provider",),
    "google": ("hosted_domain", "allowed_hosted_domains"),
}
"""Providers with which anybody can have an account, and the settings that confine a hub to a part of it."""
_OPEN = ("auth0", "bitbucket", "mediawiki")
_OPEN_PROVIDERS = ("google.com", "github.com", "orcid.org", "login.microsoftonline.com")


@rule("warning")
def nobody_admitted(release: HubValues) -> Iterator[Finding]:
    """Question an authenticator that is told of nobody to let in.

    Since JupyterHub 5, who can log in with the provider is still let in only when some setting says so:
    `allow_all`, `allowed_users`, `admin_users`, `allowed_organizations` and the like.
    """
    auth = authentication(release)
    if auth is None or not (auth.oauth or auth.name in _BY_CONFIGURATION):
        return
    admitted = any(_admits(auth, key, setting) for key, setting in auth.settings.items())
    staff = release.value("jupyterhub", "custom", "deployer", "staff")
    if not admitted and not staff and not set_elsewhere(release, "allow", "admin_users"):
        short = release.merged.origin(CLASS)[0].feature is not None
        ways = "`users`, `everybody`" if short else "`allowed_users`, `allow_all`"
        message = f"nobody is let in: say who, with {ways} or what the authenticator has"
        yield release.finding(CLASS, message)


@rule("warning")
def everybody_admitted(release: HubValues) -> Iterator[Finding]:
    """Question `allow_all` with a provider at which anybody can have an account, such as GitHub or Google.

    The hub is open to the world then, and so are the machines that it pays for. Where that is meant, ignore
    this rule in the line, with the reason.
    """
    auth = authentication(release)
    if auth is None or not auth.oauth:
        return
    settings = auth.settings
    everybody = settings.get("allow_all")
    message = "lets in everybody who has an account at the provider, which anybody can have"
    if everybody is not None and everybody.value is True:
        if _is_open(auth) and not release.unknown(everybody.at):
            yield release.finding(everybody.at, f"`allow_all` {message}")
        return
    for name, provider in providers(auth).items():
        if provider.data.get("allow_all") is True and _is_open_provider(name):
            at = (*provider.at, "allow_all")
            if not release.unknown(at):
                yield release.finding(at, f"`allow_all` {message}")


@rule("warning")
def github_scope(release: HubValues) -> Iterator[Finding]:
    """Want the scope `read:org` where membership of GitHub organisations lets people in.

    GitHub tells of public memberships only without it, and most people's are private.
    """
    auth = authentication(release)
    if auth is None or auth.name != "github":
        return
    settings = auth.settings
    teams = settings.get("populate_teams_in_auth_state")
    asking = next((each for each in (settings.get("allowed_organizations"), teams) if auth.set(each)), None)
    scope = settings.get("scope")
    wide = scope is not None and any(text(each).endswith(":org") for each in sequence(scope.value))
    if asking is None or wide or (scope is not None and release.unknown(scope.at)):
        return
    if not set_elsewhere(release, "scope"):
        advice = "add `read:org` to `GitHubOAuthenticator.scope`"
        yield release.finding(asking.at, f"private memberships are not seen: {advice}")


@rule("warning")
def allowed_users(release: HubValues) -> Iterator[Finding]:
    """Question `allowed_users` beside organisations or groups: who is in either gets in.

    Since OAuthenticator 16 they add up; a list of users no longer narrows what an organisation opens.
    """
    auth = authentication(release)
    if auth is None or not auth.oauth:
        return
    settings = auth.settings
    users = settings.get("allowed_users")
    other = next((key for key in _MEMBERSHIPS if auth.set(settings.get(key))), None)
    if users is None or not sequence(users.value) or other is None:
        return
    # In short form it is told that they add up.
    if release.merged.origin(users.at)[0].feature is None:
        yield release.finding(users.at, f"these users get in besides those of `{other}`: either is enough")


RULES = (nobody_admitted, everybody_admitted, github_scope, allowed_users)


def _admits(auth: Authentication, key: str, setting: Setting) -> bool:
    """Say whether a setting lets anybody in."""
    if key in ("allowed_idps", "idps"):
        return any(
            provider.data.get(admitting)
            for provider in providers(auth).values()
            for admitting in ("allow_all", "allowed_domains")
        ) or any(auth.release.unknown((*provider.at, "allow_all")) for provider in providers(auth).values())
    admitting = key in _ADMITTING or (key.startswith("allow") and key not in _NOT_ADMITTING)
    return admitting and auth.set(setting)


def _is_open(auth: Authentication) -> bool:
    if auth.name == "cilogon":
        return any(_is_open_provider(name) for name in providers(auth))
    if auth.name in _CONFINED:
        settings = auth.settings
        return not any(auth.set(settings.get(key)) for key in _CONFINED[auth.name])
    return auth.name in _OPEN


def _is_open_provider(name: str) -> bool:
    """Say whether anybody can have an account with an identity provider of CILogon's."""
    return name.partition("://")[2].partition("/")[0] in _OPEN_PROVIDERS
