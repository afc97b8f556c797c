"""Rules about the values of what a cluster runs for all of its hubs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.rule import described
from deployer.rules import alarm, certificates
from deployer.rules.values import chart_schema
from deployer.rules.values.secrets import plain_credential, readable
from deployer.rules.values.without_effect import no_effect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.positions import KeyPath
    from deployer.fleet.rule import Finding, Rule
    from deployer.rules.subjects import ReleaseValues

_COSTS = (
    "costs are no metrics here: `infrastructure.cost_export` exports them, and the alarm `NodesUnusual` "
    "tells of a cluster that grows"
)
_NEVER: Mapping[KeyPath, str] = {
    ("nginx-ingress",): "the way in is `traefik`; what the load balancer is told is in `entrypoint`",
    ("jupyterhub-cost-monitoring",): _COSTS,
    ("fluent-bit",): "logs go where the cloud keeps them: `infrastructure.logs`",
    ("calico",): "EKS enforces network policies by itself, with `enableNetworkPolicy` of the add-on vpc-cni",
    ("prometheusStorageClass",): "kinds of disks are `storageClasses`",
    ("reflector",): "no Secret has to be in several namespaces",
    ("prometheusAuthSecret", "enabled"): "there is a password as soon as one is given",
    ("grafana", "auth.github"): "Grafana's settings are in `grafana.grafana.ini`",
}

_SECRET = frozenset(
    {
        "adminPassword",
        "api_key",
        "app_token",
        "auth_password",
        "auth_secret",
        "bot_token",
        "password",
        "routing_key",
        "service_key",
        "webhook_url",
    }
)
"""Keys whose text is a secret in charts of Grafana and Prometheus, and in receivers of Alertmanager."""


def _no_effect(release: ReleaseValues) -> Iterator[Finding]:
    for at, reason in _NEVER.items():
        if release.said(*map(str, at)):
            yield release.finding(at, f"`{'.'.join(map(str, at))}` has no effect: {reason}")


def _readable(release: ReleaseValues) -> Iterator[Finding]:
    yield from readable(release, _SECRET)


RULES: tuple[Rule[ReleaseValues], ...] = (
    *chart_schema.RULES,
    *alarm.RULES,
    *certificates.RULES,
    described(no_effect.id, no_effect.summary, no_effect.severity, find=_no_effect),
    described(plain_credential.id, plain_credential.summary, plain_credential.severity, find=_readable),
)
