"""A hub's authenticator: which it is, and what is configured for it in `hub.config`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from deployer.rules.subjects import seen_once
from deployer.rules.values.parts.settings import renamed
from deployer.rules.values.parts.shapes import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.rules.subjects import HubValues

CONFIG = ("jupyterhub", "hub", "config")
CLASS = (*CONFIG, "JupyterHub", "authenticator_class")
OAUTH: Mapping[str, str] = {
    "auth0": "Auth0OAuthenticator",
    "azuread": "AzureAdOAuthenticator",
    "bitbucket": "BitbucketOAuthenticator",
    "cilogon": "CILogonOAuthenticator",
    "generic-oauth": "GenericOAuthenticator",
    "github": "GitHubOAuthenticator",
    "gitlab": "GitLabOAuthenticator",
    "globus": "GlobusOAuthenticator",
    "google": "GoogleOAuthenticator",
    "mediawiki": "MWOAuthenticator",
    "openshift": "OpenShiftOAuthenticator",
}
"""The authenticators of OAuthenticator 17 by the names that JupyterHub knows them under."""
OTHERS: Mapping[str, str] = {
    "default": "PAMAuthenticator",
    "dummy": "DummyAuthenticator",
    "firstuse": "FirstUseAuthenticator",
    "hmac": "HMACAuthenticator",
    "ldap": "LDAPAuthenticator",
    "lti11": "LTI11Authenticator",
    "lti13": "LTI13Authenticator",
    "native": "NativeAuthenticator",
    "null": "NullAuthenticator",
    "pam": "PAMAuthenticator",
    "shared-password": "SharedPasswordAuthenticator",
    "tmp": "TmpAuthenticator",
}
"""The others of JupyterHub 5 and of z2jh's hub image."""
NAMELESS: Mapping[str, str] = {
    "hmac": "hmacauthenticator.HMACAuthenticator",
    "lti11": "ltiauthenticator.lti11.auth.LTI11Authenticator",
    "lti13": "ltiauthenticator.lti13.auth.LTI13Authenticator",
}
"""Those of them that JupyterHub knows by their class only: their packages register no name."""
CLASSES = frozenset(
    f"{local}{each}"
    for local in ("", "Local")
    for each in ("Authenticator", "OAuthenticator", *OAUTH.values(), *OTHERS.values())
)
"""The classes that configuration may be of."""
_LOCAL = "local-"


class Setting(NamedTuple):
    """A configured value, and where."""

    value: Any
    at: KeyPath


@dataclass(frozen=True, kw_only=True)
class Authentication:
    """An authenticator: `name` is the short one, "" for a class that is not known.

    `sections` are the classes whose configuration counts for it, weakest first.
    """

    release: HubValues
    name: str
    sections: tuple[str, ...]

    @property
    def oauth(self) -> bool:
        """Whether it is one of OAuthenticator's."""
        return self.name in OAUTH

    @cached_property
    def settings(self) -> dict[str, Setting]:
        """What is configured for it, as traitlets does it: a class counts before its base.

        What is said under an old name that is still taken is there under the new one as well.
        """
        found: dict[str, Setting] = {}
        for section in self.sections:
            block = mapping(self.release.value(*CONFIG, section))
            found |= {key: Setting(value, (*CONFIG, section, key)) for key, value in block.items()}
        for old, name in renamed(self.sections[-1]).items():
            if name.taken and old in found:
                found.setdefault(name.to, found[old])
        return found

    def set(self, setting: Setting | None) -> bool:
        """Whether something is said in a setting: neither empty nor off. What is encrypted may be."""
        return setting is not None and bool(setting.value or self.release.unknown(setting.at))


@seen_once
def authentication(release: HubValues) -> Authentication | None:
    """Return the authenticator of a hub, None when it is not known which it is."""
    value = release.value(*CLASS)
    if not isinstance(value, str) or release.unknown(CLASS):
        return None
    name, sections = _known(value)
    return Authentication(release=release, name=name, sections=sections)


def secret_file(release: HubValues) -> str:
    """Return which file a hub's secrets belong into: the encrypted one that it has, or a new one."""
    listed = [file.name for file in release.hub.values_files if file.encrypted]
    new = f"a new file enc-{release.hub.name}.secret.values.yaml, encrypted with sops and listed"
    return f"{listed[0]}, which sops encrypts" if listed else new


def is_path(name: str) -> bool:
    """Say whether an authenticator is given by its class, `package.module.Class`."""
    return "." in name or ":" in name


def names() -> Iterator[str]:
    """Return all short names."""
    others = [name for name in OTHERS if name not in NAMELESS]
    yield from sorted([*OAUTH, *others, *(f"{_LOCAL}{name}" for name in OAUTH if name != "mediawiki")])


def _known(value: str) -> tuple[str, tuple[str, ...]]:
    last = value.replace(":", ".").rpartition(".")[2]
    classes = {class_: name for name, class_ in (*OTHERS.items(), *OAUTH.items())}
    name = classes.get(last, "") if is_path(value) else value.lower().removeprefix(_LOCAL)
    if name in OAUTH:
        local = (f"Local{OAUTH[name]}",) if value.lower().startswith(_LOCAL) else ()
        return name, ("Authenticator", "OAuthenticator", OAUTH[name], *local)
    if name in OTHERS and (is_path(value) or name not in NAMELESS):
        return name, ("Authenticator", OTHERS[name])
    return "", ("Authenticator", last)
