"""Look into a hub's database, or give its users other names there.

    hub_database.py look|check|rename CONFIG [PLAN]

CONFIG is JupyterHub's configuration file, which says where the database is. PLAN is a compressed JSON file
with `pairs` (old and new name), `claims` (for each server by the user's old name: the volume claim it keeps),
`backup` (the file that a copy of the database goes to) and `external` (whether a database that is no file may
be changed).
"""

from __future__ import annotations

import contextlib
import gzip
import json
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

PLACES = (
    "enable_user_namespaces",
    "pvc_name_template",
    "remember_pvc_name",
    "slug_scheme",
    "storage_pvc_ensure",
    "volume_mounts",
    "volumes",
)
"""The settings of KubeSpawner that say where homes are."""


def main(mode: str, config: str, plan_file: str | None = None) -> int:
    """Do one of the three things; return the exit status. What happened is the last line, as JSON."""
    with contextlib.redirect_stdout(sys.stderr):  # configuration may print what it likes
        hub = configured(config)
        kind = kind_of(hub.db_url)
        if kind != "memory":
            hub.init_db()
    try:
        return carry_out(mode, hub, kind, plan_file)
    finally:
        if kind != "memory":
            hub.db.close()
            hub.db.get_bind().dispose()


def carry_out(mode: str, hub: Any, kind: str, plan_file: str | None) -> int:
    """Do one of the three things with a hub whose database is open, unless it is in memory."""
    if mode == "look":
        return told(
            {"database": kind, "users": users(hub, kind), "spawner": spawner(hub), "cohort": cohort()}
        )
    plan = json.loads(gzip.decompress(Path(str(plan_file)).read_bytes()))
    if mode == "check":
        return check(hub, kind, plan)
    return told({"database": kind}) if kind == "memory" else rename(hub.db, plan)


def configured(config: str) -> Any:
    """Return a hub with its configuration read, and nothing else of it done."""
    from jupyterhub.app import JupyterHub

    hub = JupyterHub()
    hub.load_config_file(config)
    return hub


def kind_of(url: str) -> str:
    """Return which kind of database an address means; `memory` is gone with the hub."""
    kind = url.partition(":")[0].partition("+")[0]
    if kind == "sqlite":
        path = sqlite_file(url)
        if path is None:
            return "memory"
        if not path.exists():  # SQLAlchemy would make an empty one
            raise SystemExit(f"there is no database at {path.absolute()}")
    return kind


def sqlite_file(url: str) -> Path | None:
    """Return the file of a sqlite database, None when it is in memory."""
    path = url.partition(":///")[2].partition("?")[0]
    return Path(path) if path and path != ":memory:" else None


def users(hub: Any, kind: str) -> list[dict[str, Any]] | None:
    """Return the users with their servers, and what those remember of their volume claims."""
    from jupyterhub import orm

    if kind == "memory":
        return None
    return [
        {
            "id": user.id,
            "name": user.name,
            "admin": bool(user.admin),
            "created": moment(user.created),
            "last_activity": moment(user.last_activity),
            "servers": {
                server.name or "": {
                    "active": server.server_id is not None,
                    "claim": (server.state or {}).get("pvc_name"),
                }
                for server in user.orm_spawners.values()
            },
        }
        for user in hub.db.query(orm.User).order_by(orm.User.id)
    ]


def moment(naive: Any) -> str | None:
    """Return a moment of the database, which is in UTC without saying so."""
    return None if naive is None else f"{naive.isoformat(timespec='seconds')}+00:00"


def cohort() -> Any:
    """Return what the hub is told of its cohort; nothing when z2jh did not configure it."""
    z2jh = sys.modules.get("z2jh")
    return z2jh.get_config("custom.deployer.cohort", None) if z2jh else None


def spawner(hub: Any) -> dict[str, Any] | None:
    """Return KubeSpawner's version and settings, or None when the hub uses another spawner."""
    try:
        import kubespawner
    except ImportError:
        return None
    kind = hub.spawner_class
    if not issubclass(kind, kubespawner.KubeSpawner):
        return None
    return {"version": kubespawner.__version__, **{name: setting(hub.config, kind, name) for name in PLACES}}


def setting(config: Any, kind: Any, name: str) -> Any:
    """Return what a class of spawners is configured to; making one would take a cluster."""
    trait = kind.class_traits().get(name)
    default = trait.default() if trait else None
    for each in kind.__mro__:
        if each.__name__ in config and name in config[each.__name__]:
            value = config[each.__name__][name]
            value = value.get_value(default) if hasattr(value, "get_value") else value
            break
    else:
        value = default
    return list(value.values()) if name in ("volumes", "volume_mounts") and isinstance(value, dict) else value


def check(hub: Any, kind: str, plan: dict[str, Any]) -> int:
    """Tell what stands in the way; when nothing does, copy the database."""
    if kind == "memory":
        return told({"database": kind})
    if conflicts := conflicts_in(hub.db, plan["pairs"]):
        told({"conflicts": conflicts})
        return 1
    path = sqlite_file(hub.db_url) if kind == "sqlite" else None
    if path is None:
        if not plan["external"]:
            told({"conflicts": [f"the database is a server ({kind}), which only its owner can copy"]})
            return 1
        return told({"database": kind})
    copied(path, path.with_name(plan["backup"]))
    return told({"database": kind, "backup": str(path.with_name(plan["backup"]).absolute())})


def copied(path: Path, backup: Path) -> None:
    """Copy a sqlite database as a whole, also while somebody writes to it."""
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(backup)) as target,
    ):
        source.backup(target)


def conflicts_in(db: Any, pairs: Sequence[Sequence[str]]) -> list[str]:
    """Return in words which pairs have two users in the database."""
    known = names(db)
    return [f"{old} cannot become {new}: both are users" for old, new in pairs if {old, new} <= known]


def names(db: Any) -> set[str]:
    """Return the names of all users."""
    from jupyterhub import orm

    return {name for (name,) in db.query(orm.User.name)}


def rename(db: Any, plan: dict[str, Any]) -> int:
    """Change all that has users' names in it, at once or not at all."""
    if conflicts := conflicts_in(db, plan["pairs"]):
        told({"conflicts": conflicts})
        return 1
    known = names(db)
    due = {old: new for old, new in plan["pairs"] if old in known}
    absent = sorted(old for old, new in plan["pairs"] if old not in known and new not in known)
    keep_claims(db, plan["claims"])
    scopes = rewrite_scopes(db, due)
    rename_users(db, due)
    rename_runs(db, due)
    db.commit()
    return told({"renamed": len(due), "absent": absent, "scopes": scopes})


def keep_claims(db: Any, claims: Sequence[Sequence[str]]) -> None:
    """Have each server remember the volume claim that it has, which is named after an old name."""
    from jupyterhub import orm

    found = {user.name: user for user in db.query(orm.User)}
    for name, server, claim in claims:
        if name in found:
            user = found[name]
            row = user.orm_spawners.get(server)
            if row is None:
                row = orm.Spawner(name=server, user=user)
                db.add(row)
            row.state = {"kubespawner_version": "7.0.0", **(row.state or {}), "pvc_name": claim}


def rename_users(db: Any, due: dict[str, str]) -> None:
    """Give users their new names; what a stopped server remembers of its pod has the old one in it."""
    from jupyterhub import orm

    for user in db.query(orm.User):
        if user.name in due:
            user.name = due[user.name]
            for server in user.orm_spawners.values():
                kept = dict(server.state or {})
                kept.pop("pod_name", None)
                kept.pop("dns_name", None)
                server.state = kept


def rename_runs(db: Any, due: dict[str, str]) -> None:
    """Have hours that servers ran count for the same people, where the hub keeps a quota of them."""
    import sqlalchemy

    runs = sqlalchemy.table("deployer_server_runs", sqlalchemy.column("user"))
    if sqlalchemy.inspect(db.connection()).has_table(runs.name):
        for old, new in due.items():
            db.execute(runs.update().where(runs.c.user == old).values(user=new))


def rewrite_scopes(db: Any, due: dict[str, str]) -> int:
    """Have permissions mean the same people; return how many rows changed."""
    from jupyterhub import orm

    kinds = [(orm.APIToken, "scopes"), (orm.OAuthCode, "scopes"), (orm.OAuthClient, "allowed_scopes")]
    kinds += [(orm.Role, "scopes"), (orm.Share, "scopes"), (orm.ShareCode, "scopes")]
    changed = 0
    for kind, column in kinds:
        for row in db.query(kind):
            before = list(getattr(row, column) or ())
            after = [rewritten(scope, due) for scope in before]
            if after != before:
                setattr(row, column, after)
                changed += 1
    return changed


def rewritten(scope: str, due: dict[str, str]) -> str:
    """Return a scope with the user's new name in its filter: `!user=NAME` or `!server=NAME/SERVER`."""
    base, mark, limit = scope.partition("!")
    kind, equals, name = limit.partition("=")
    if kind == "user" and name in due:
        return f"{base}{mark}{kind}{equals}{due[name]}"
    user, slash, server = name.partition("/")
    if kind == "server" and slash and user in due:
        return f"{base}{mark}{kind}{equals}{due[user]}/{server}"
    return scope


def told(what: dict[str, Any]) -> int:
    """Say for programs what happened."""
    sys.stdout.write(f"result: {json.dumps(what)}\n")
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
