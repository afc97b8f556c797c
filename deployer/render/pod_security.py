"""Labels of a namespace by which Kubernetes refuses pods that ask for too much: Pod Security Standards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deployer.render.paths import look_up

if TYPE_CHECKING:
    from collections.abc import Iterator

FITTING = "fitting"
PREFIX = "pod-security.kubernetes.io/"
_PRIVILEGED, _BASELINE = "privileged", "baseline"
_NEED_THE_NODE = (
    ("jupyterhub-home-nfs", "enabled"),
    ("binderhub-service", "enabled"),
    ("prometheus", "enabled"),
    ("cryptnono", "enabled"),
    ("disableCoredumps", "enabled"),
    ("nvidiaDevicePlugin", "aws", "enabled"),
    ("nvidiaDevicePlugin", "azure", "enabled"),
)
"""Parts of the charts with pods beyond `baseline`: an NFS server, Docker, what looks at nodes."""
_BLOCKED = ("jupyterhub", "singleuser", "cloudMetadata", "blockWithIptables")
_HOST = frozenset(("hostNetwork", "hostPID", "hostIPC", "host_network", "host_pid", "host_ipc"))
_HARMLESS = frozenset(
    (
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"),
        *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    )
)


def labels(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels that a release's values want on its namespace; none where they want none."""
    asked = look_up(dict(values), ("podSecurity",)) or {}
    return {
        f"{PREFIX}{mode}": fitting(values) if level == FITTING else level
        for mode, level in asked.items()
        if level
    }


def fitting(values: Mapping[str, Any]) -> str:
    """Return the strictest level that lets in what values are known to make: `baseline` or `privileged`.

    What Python in `hub.extraConfig` makes of users' pods is not seen.
    """
    parts = any(look_up(dict(values), at) is True for at in _NEED_THE_NODE)
    # z2jh blocks it so unless it is told otherwise: by a privileged container before each server.
    hub = look_up(dict(values), ("jupyterhub",)) is not None
    blocks = hub and look_up(dict(values), _BLOCKED) is not False
    return _PRIVILEGED if parts or blocks or any(_beyond(values)) else _BASELINE


def _beyond(value: Any) -> Iterator[bool]:
    """Yield True for what is beyond `baseline` in values, by the names that Kubernetes has for it."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield _asks_too_much(str(key), each)
            yield from _beyond(each)
    elif isinstance(value, list):
        for each in value:
            yield from _beyond(each)


def _asks_too_much(key: str, value: Any) -> bool:
    if key in _HOST or key == "privileged":
        return value is True
    if key in ("hostPath", "host_path", "hostPort", "host_port"):
        return bool(value)
    if key == "capabilities" and isinstance(value, Mapping):
        return not _HARMLESS.issuperset(value.get("add") or ())
    return False
