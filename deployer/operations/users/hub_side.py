"""What a hub says of itself: its users, its database, where its spawner keeps homes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.operations.hub_pods import component, component_pod
from deployer.operations.users import programs
from deployer.tools.podexec import exec_in_pod

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from deployer.operations.access import Connection
    from deployer.tools.kubernetes import Api

_CONFIG = "/usr/local/etc/jupyterhub/jupyterhub_config.py"


@dataclass(frozen=True, kw_only=True)
class HubUser:
    """One user's row. `claims` maps each server's name to the volume claim that it remembers, or None.

    `seen` is when the user did anything last, or else when the account was made; None without a hub.
    """

    name: str
    id: int = 0
    claims: Mapping[str, str | None]
    admin: bool = False
    seen: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """People who are admitted until a moment: `users` may go then, `keep` stay. Names are as at sign-in."""

    users: frozenset[str]
    keep: frozenset[str]
    end: datetime


@dataclass(frozen=True, kw_only=True)
class SpawnerSettings:
    """How KubeSpawner is configured where it matters for homes; `volumes` and mounts as in a pod."""

    version: str
    slug_scheme: str
    pvc_name_template: str
    storage_pvc_ensure: bool
    remember_pvc_name: bool
    enable_user_namespaces: bool = False
    volumes: Sequence[Mapping[str, Any]]
    volume_mounts: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class HubSide:
    """What is known of a hub. `database` is `sqlite` or a server's kind; None without a hub."""

    users: tuple[HubUser, ...]
    database: str | None = None
    spawner: SpawnerSettings | None = None
    cohort: Cohort | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The users' names."""
        return tuple(user.name for user in self.users)


def from_file(path: Path) -> HubSide:
    """Read users from a file: a name a line, or what JupyterHub's API answers to `GET /users`.

    Raises:
        DeployerError: it cannot be read, or is neither.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise DeployerError(f"the users cannot be read: {path}: {error}") from error
    if not text.lstrip().startswith("["):
        names = [line.strip() for line in text.splitlines() if line.strip()]
    else:
        try:
            names = [user if isinstance(user, str) else user["name"] for user in json.loads(text)]
        except (ValueError, TypeError, KeyError) as error:
            raise DeployerError(
                f"not a list of users: {path}", hint="give a name a line, or the answer to `GET /users`"
            ) from error
    return HubSide(users=tuple(HubUser(name=str(name), claims={}) for name in names))


def from_running_hub(connection: Connection, namespace: str) -> HubSide:
    """Ask the hub that runs; nothing of it is changed, and no token of it is made.

    Raises:
        DeployerError: no hub runs there, or it cannot be asked.
    """
    pod = component_pod(connection.api, namespace, "hub")
    if pod is None:
        raise DeployerError(
            f"{namespace}: the hub does not run, so nobody can say who its users are",
            hint="deploy it; or go on with what was interrupted: `--apply`",
        )
    container = pod["spec"]["containers"][0]
    result = exec_in_pod(
        connection.programs,
        programs.command(programs.DATABASE, "look", config_of(pod["spec"])),
        env=connection.env,
        namespace=namespace,
        pod=pod["metadata"]["name"],
        container=container["name"],
    )
    return parsed(namespace, programs.told(result.stdout), result.stderr)


def parsed(namespace: str, told: Mapping[str, Any], said: str = "") -> HubSide:
    """Understand what the program `look` told.

    Raises:
        DeployerError: it told nothing, or the users are in the hub's memory only.
    """
    if "database" not in told:
        raise DeployerError("\n".join([f"{namespace}: the hub cannot say who its users are", *_end(said)]))
    if told["database"] == "memory":
        raise DeployerError(
            f"{namespace}: the hub keeps its users in memory only, where nobody else can see or change them",
            hint="they are forgotten when it restarts; `hub.db.type: sqlite-pvc` keeps them",
        )
    settings = told["spawner"]
    users = [
        HubUser(
            name=user["name"],
            id=user["id"],
            claims={server: state["claim"] for server, state in user["servers"].items()},
            admin=user["admin"],
            seen=_moment(user.get("last_activity") or user.get("created")),
        )
        for user in told["users"]
    ]
    return HubSide(
        users=tuple(users),
        database=told["database"],
        spawner=SpawnerSettings(**settings) if settings else None,
        cohort=_cohort(told.get("cohort")),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _cohort(told: Mapping[str, Any] | None) -> Cohort | None:
    """Understand what a hub is told of its cohort, as its own `cohort.py` does."""
    if not told:
        return None
    text = told["until"]
    if "T" in text:
        end = datetime.fromisoformat(text)
        end = end if end.tzinfo else end.replace(tzinfo=UTC)
    else:
        end = datetime.combine(date.fromisoformat(text), time(), UTC) + timedelta(days=1)
    users, keep = (frozenset(name.lower() for name in told.get(key) or ()) for key in ("users", "keep"))
    return Cohort(users=users, keep=keep, end=end)


def deployment_of(api: Api, namespace: str) -> dict[str, Any]:
    """Return the hub's Deployment.

    Raises:
        DeployerError: there is none.
    """
    for deployment in api.items(f"/apis/apps/v1/namespaces/{namespace}/deployments"):
        if component(deployment["metadata"].get("labels", {})) == "hub":
            return deployment
    raise DeployerError(f"{namespace}: no hub is deployed", hint="see `deployer list`")


def config_of(pod_spec: Mapping[str, Any]) -> str:
    """Return where the configuration of the hub in a pod is."""
    container = pod_spec["containers"][0]
    words = [*container.get("command", ()), *container.get("args", ())]
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in ("--config", "-f"):
            return str(following)
        if word.startswith("--config="):
            return str(word.removeprefix("--config="))
    return _CONFIG


def _end(said: str) -> list[str]:
    return said.strip().splitlines()[-5:]
