"""Whether hubs get certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deployer.fleet.rule import rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deployer.fleet.rule import Finding
    from deployer.rules.subjects import ReleaseValues

NO_ISSUER = "name a mail address as `contact` in config/org.yaml or in `acme.email`, or your own `issuer`"
"""What to do where cert-manager has nobody to ask."""


def is_asked(value: Callable[..., Any]) -> bool:
    """Tell whether there is somebody to ask for certificates; `value` looks up values of the support."""
    return bool(value("acme", "email") or value("issuer"))


@rule("warning")
def no_issuer(release: ReleaseValues) -> Iterator[Finding]:
    """Question a cert-manager that has nobody to ask for certificates.

    Let's Encrypt wants to know whom to write to when a certificate is about to end. Without an address no
    issuer is made, and browsers warn of every hub.
    """
    if not release.complete or not release.value("cert-manager", "enabled") or is_asked(release.value):
        return
    if not release.value("defaultCertificate", "secretName"):
        yield release.finding(("acme", "email"), f"no certificate will be issued: {NO_ISSUER}")


RULES = (no_issuer,)
