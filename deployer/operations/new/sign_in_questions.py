"""What has to be known of how people log in, in the words of the schema of `auth`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from deployer.fleet.features import SIGN_IN
from deployer.fleet.model import Local
from deployer.fleet.schema import described, forbidden
from deployer.operations.new.answers import SignIn
from deployer.operations.new.checks import explained
from deployer.operations.new.question import Question, one
from deployer.operations.new.sign_in import (
    ASKED,
    DESCRIPTIONS,
    EXAMPLES,
    KIND,
    LETTING_IN,
    LOCAL,
    secret,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deployer.fleet.model import Cluster
    from deployer.operations.new.question import Answer, Asking

_AT = ("hubs", SIGN_IN)
_SIMPLE = ("string", "boolean", "array")


def sign_in(cluster: Cluster | None) -> Asking[SignIn]:
    """Ask how people log in to a hub of a cluster, and who."""
    local = cluster is not None and isinstance(cluster.provider, Local)
    types = described("cluster", *_AT, "type")["enum"]
    known = [each for each in types if local or each != LOCAL]
    kind = yield from one(
        Question(
            flag="--sign-in",
            text="Sign-in",
            explanation=explained(*_AT, "type"),
            example=next((each for each in known if each != LOCAL), LOCAL),
            default=(LOCAL,) if local else None,
            choices={each: DESCRIPTIONS.get(each, "") for each in known},
        )
    )
    return (yield from _short_form(kind))


def _short_form(kind: str) -> Asking[SignIn]:
    settings: dict[str, Any] = {"type": kind}
    for key in ASKED.get((kind, ""), ()):
        settings[key] = _typed(key, (yield _about(key)))
    of = str(settings.get(KIND.get(kind, ""), ""))
    for key in ASKED.get((kind, of), ()) if of else ():
        settings[key] = _typed(key, (yield _about(key)))
    for key in _others(settings):
        wanted = key == "admins" or (key == "everybody" and kind in LETTING_IN)
        answer: Answer = yield replace(_about(key), unasked=not wanted, default=(), optional=True)
        if answer:
            settings[key] = _typed(key, answer)
    if kind == LOCAL:
        settings.setdefault("everybody", True)
    return SignIn(auth=settings, secret=secret(kind, of=of, admins="admins" in settings))


def _about(key: str) -> Question:
    part = described("cluster", *_AT, key)
    kind = part.get("type")
    choices = ("true", "false") if kind == "boolean" else tuple(part.get("enum", ()))
    return Question(
        flag="--admin" if key == "admins" else _flag(key),
        text=_words(key),
        explanation=part["description"],
        example=EXAMPLES.get(key) or (choices[0] if choices else "https://login.example.edu/"),
        choices=dict.fromkeys(choices, ""),
        several=kind in ("array", "object"),
        check=partial(_wrong, key),
    )


def _others(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield the other keys of a type of sign-in that have simple values.

    A key belongs to a type unless the schema has more against it there than with another type.
    """
    types = described("cluster", *_AT, "type")["enum"]
    for key, part in described("cluster", *_AT)["properties"].items():
        if key not in settings and (part.get("type") in _SIMPLE or "enum" in part):
            against = {each: len(_forbidden({"type": each, key: None})) for each in types}
            if against[settings["type"]] == min(against.values()):
                yield key


def _wrong(key: str, answer: str) -> str | None:
    at = ("hubs", 0, SIGN_IN, key)
    settings = {"type": _owner(key), key: _typed(key, (answer,))}
    found = forbidden({"hubs": [{SIGN_IN: settings}]}, "cluster")
    return next((each.message for each in found if each.at[: len(at)] == at), None)


def _owner(key: str) -> str:
    """Return a type that a key belongs to."""
    types: list[str] = described("cluster", *_AT, "type")["enum"]
    return min(types, key=lambda each: len(_forbidden({"type": each, key: None})))


def _forbidden(settings: Mapping[str, Any]) -> list[Any]:
    return list(forbidden({"hubs": [{SIGN_IN: dict(settings)}]}, "cluster"))


def _typed(key: str, answer: Answer) -> Any:
    """Return an answer as the schema wants it; what has settings of its own begins without any."""
    known = described("cluster", *_AT)["properties"]
    kind = known[key].get("type", "string")
    if kind == "array":
        return list(answer)
    if kind == "object":
        return {each: {} for each in answer}
    if kind == "boolean" and answer[0] in ("true", "false"):
        return answer[0] == "true"
    return answer[0]


def _flag(key: str) -> str:
    return f"--auth {key}="


def _words(key: str) -> str:
    return key.replace("_", " ").capitalize()
