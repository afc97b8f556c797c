"""How KubeSpawner names what belongs to a user: pods, volume claims, directories of a shared volume.

Written anew rather than imported: KubeSpawner brings JupyterHub, SQLAlchemy and an asynchronous client with
it. Tests hold every name against the real package.
"""

from __future__ import annotations

import hashlib
import re
import string
from typing import Any

_SAFE = frozenset(string.ascii_lowercase + string.digits)
_OBJECT_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_HASH = 8
_LONGEST = 48
_FIRST_WITH_SAFE_NAMES = 7


def escaped(name: str) -> str:
    """Return `{escaped_username}`: everything but a-z and 0-9 as `-` and two digits a byte; reversible."""
    return "".join(
        letter if letter in _SAFE else "".join(f"-{byte:x}" for byte in letter.encode()) for letter in name
    )


def safe(name: str, longest: int = _LONGEST) -> str:
    """Return `{safe_username}`, KubeSpawner 7's `{username}`: the name, or what is left of it and a hash."""
    if "--" not in name and _OBJECT_NAME.fullmatch(name) and len(name) <= longest:
        return name
    return f"{_stripped(name, longest - _HASH - 3)}---{_hash(name)}"


def fields(*, user: str, userid: int = 0, server: str = "", scheme: str = "safe") -> dict[str, Any]:
    """Return what KubeSpawner 7 puts in the place of each `{field}` of a template."""
    by_scheme = {
        "safe": (safe(user), safe(server) if server else "", _safe_user_server(user, server)),
        "escape": (escaped(user), escaped(server), f"{escaped(user)}--{escaped(server)}".rstrip("-")),
    }
    username, servername, user_server = by_scheme[scheme]
    safe_username, safe_servername, safe_user_server = by_scheme["safe"]
    return {
        "userid": userid,
        "unescaped_username": user,
        "unescaped_servername": server,
        "username": username,
        "servername": servername,
        "user_server": user_server,
        "safe_username": safe_username,
        "safe_servername": safe_servername,
        "safe_user_server": safe_user_server,
        "escaped_username": escaped(user),
        "escaped_servername": escaped(server),
        "escaped_user_server": f"{escaped(user)}--{escaped(server)}",
    }


def expanded(template: str, names: dict[str, Any]) -> str:
    """Return a template with its fields filled in.

    Raises:
        KeyError: the template has a field that is none of a user's.
    """
    text = template.format(**names)
    return text if template.endswith("-") else text.rstrip("-")


def scheme_of(version: str, configured: str) -> str:
    """Return how a version of KubeSpawner writes `{username}`: before 7 there was one way only."""
    return configured if _major(version) >= _FIRST_WITH_SAFE_NAMES else "escape"


def remembers_claims(version: str) -> bool:
    """Tell whether this version keeps a server's volume claim by name, whatever the user's name becomes."""
    return _major(version) >= _FIRST_WITH_SAFE_NAMES


def _major(version: str) -> int:
    return int(version.partition(".")[0])


def _safe_user_server(user: str, server: str) -> str:
    names = [safe(user), safe(server) if server else ""]
    if sum(map(len, names)) + 2 > _LONGEST:
        longest = (_LONGEST - _HASH - 1) // 2 - 2
        shortened = "--".join(_stripped(name, longest) for name in (user, server))
        return f"{shortened}---{_hash(user, server)}"
    return "--".join(names) if server else names[0]


def _stripped(name: str, longest: int) -> str:
    text = re.sub("[^a-z0-9]+", "-", name.lower()).lstrip("-")[:longest].rstrip("-")
    if text and text[0] not in string.ascii_lowercase:
        text = f"x-{text[: longest - 2]}"
    return text or "x"


def _hash(*names: str) -> str:
    return hashlib.sha256(b"\xff".join(name.encode() for name in names)).hexdigest()[:_HASH]
