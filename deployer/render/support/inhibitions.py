"""Which alarms say nothing new beside another one about the same thing."""

from __future__ import annotations

from typing import Any

_OF_SERVERS = ("SpawnsFail", "PodsPending", "PodsRestart")
_BESIDE = (
    ("HubDown", (*_OF_SERVERS, "ProbeFailing"), ("hub",)),
    ("WayInDown", ("ProbeFailing",), ()),
    ("HomesDown", (*_OF_SERVERS, "HomesDiskBusy", "QuotaServiceFails"), ("hub",)),
    ("NodePoolAtLimit", ("SpawnsFail", "PodsPending"), ("hub",)),
    ("HomesDiskBusy", ("NodeDiskBusy",), ("node",)),
    ("NothingMeasured", ("KubernetesNotMeasured",), ()),
    ("VolumeFull", ("VolumeFills",), ("hub", "persistentvolumeclaim")),
    ("CertificateExpiresSoon", ("CertificateExpires",), ("hub", "name")),
    ("ServedCertificateExpiresSoon", ("ServedCertificateExpires",), ("hub", "instance")),
)
"""An alarm, those that are quiet beside it, and the labels in which they are about the same."""


def inhibitions() -> list[dict[str, Any]]:
    """Return the rules by which Alertmanager leaves an alarm unsaid."""
    return [
        {
            "source_matchers": [f'alertname="{source}"'],
            "target_matchers": [f'alertname=~"{"|".join(targets)}"'],
            "equal": list(labels),
        }
        for source, targets, labels in _BESIDE
    ]
