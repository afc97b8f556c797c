"""The logs of a hub, of its proxy, or of a user's server."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from deployer.errors import DeployerError
from deployer.operations.hub_pods import component_pod, user_pods
from deployer.operations.listening import heard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deployer.interruption import Interruption
    from deployer.tools.kubernetes import Api

_PARTS = ("hub", "proxy")
_SHOWN_USERS = 10


@dataclass(frozen=True, kw_only=True)
class Source:
    """One container whose log is asked for."""

    namespace: str
    pod: str
    container: str


def find(api: Api, namespace: str, what: str) -> Source:
    """Find the container that `what` means: `hub`, `proxy`, `USER` or `USER/SERVER`.

    `hub/` and `proxy/` mean the servers of users who are called that.

    Raises:
        DeployerError: there is no such pod.
    """
    if what in _PARTS:
        pod = component_pod(api, namespace, what)
        if pod is None:
            raise DeployerError(f"{namespace}: there is no pod of the {what}", hint="deploy the hub first")
    else:
        pods, wanted = user_pods(api, namespace), what.removesuffix("/")
        if wanted not in pods:
            raise DeployerError(
                f"{namespace}: no server of this user is running: {wanted}", hint=_hint(wanted, pods)
            )
        pod = pods[wanted]
    # The first container is the hub, the proxy or the user's server; others are the operator's additions.
    container = pod["spec"]["containers"][0]["name"]
    return Source(namespace=namespace, pod=pod["metadata"]["name"], container=container)


def lines(
    api: Api,
    source: Source,
    *,
    interruption: Interruption,
    follow: bool = False,
    tail: int | None = None,
    previous: bool = False,
) -> Iterator[str]:
    """Yield the lines of a log, the last `tail` or all, and with `follow` those that come later.

    `previous` means the log of the container before its last restart.
    """
    query = {"container": source.container, "follow": _flag(follow), "previous": _flag(previous)}
    if tail is not None:
        query["tailLines"] = str(tail)
    path = f"/api/v1/namespaces/{source.namespace}/pods/{source.pod}/log"
    return heard(lambda: api.lines(path, **query), interruption.check)


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _hint(wanted: str, running: Iterable[str]) -> str:
    users = sorted(running)
    near = difflib.get_close_matches(wanted, users, n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    if not users:
        return "no user's server is running"
    more = len(users) - _SHOWN_USERS
    shown = ", ".join(users[:_SHOWN_USERS]) + (f" and {more} more" if more > 0 else "")
    return f"servers are running of: {shown}"
