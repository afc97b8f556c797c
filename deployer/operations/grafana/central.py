"""The way to the central Grafana: its address from config/org.yaml, the token from where it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from deployer.errors import DeployerError
from deployer.operations.listening import heard
from deployer.tools import sops
from deployer.tools.grafana import Grafana
from deployer.tools.process import programs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deployer.fleet.model import CentralGrafana, Fleet
    from deployer.interruption import Interruption
    from deployer.session import Session

T = TypeVar("T")

TOKEN = "DEPLOYER_GRAFANA_TOKEN"  # noqa: S105 - a name
_KEY = "grafana_token"
_IN_A_HEADER = re.compile(r"[!-~]+")
_OFFER = "`grafana: {url: https://...}` in config/org.yaml says where it is"


@dataclass(frozen=True, kw_only=True)
class Central:
    """The central Grafana. An interruption ends a question at once, and leaves open what became of it."""

    grafana: Grafana
    interruption: Interruption

    def ask(self, question: Callable[[Grafana], T]) -> T:
        """Return what `question` makes of Grafana's answers.

        Raises:
            Interrupted: the user asked to stop first.
        """
        self.interruption.check()
        return next(heard(lambda: (question(self.grafana),), self.interruption.check))


def central(session: Session, fleet: Fleet, *, secrets: tuple[str, ...] = ()) -> Central:
    """Return the central Grafana; `secrets` are what it is to be told and nobody else.

    Raises:
        DeployerError: there is none, or no token for it.
    """
    configured = fleet.organisation.grafana
    if configured is None:
        raise DeployerError("this fleet has no central Grafana", hint=_OFFER)
    found = _token(session, configured, fleet.root)
    if found is None:
        raise DeployerError(
            f"no token for {configured.url}",
            hint=f"set `{TOKEN}` to that of a service account, or keep it in a file that sops encrypts: "
            "`grafana.token_file` in config/org.yaml names that",
        )
    token, origin = found
    if not _IN_A_HEADER.fullmatch(token):
        raise DeployerError(f"{origin} does not hold a token: spaces, line breaks or nothing are in it")
    grafana = Grafana(url=configured.url, token=token, origin=origin, secrets=secrets)
    return Central(grafana=grafana, interruption=session.interruption)


def has_token(session: Session, configured: CentralGrafana | None) -> bool:
    """Say whether there is a central Grafana, and something that should have a token for it."""
    return configured is not None and bool(session.environ.get(TOKEN) or configured.token_file)


def _token(session: Session, configured: CentralGrafana, root: Path) -> tuple[str, str] | None:
    """Return the token and where it is from."""
    given = session.environ.get(TOKEN, "").strip()
    if given:
        return given, f"`{TOKEN}`"
    file = configured.token_file
    if file is None:
        return None
    name = file.relative_to(root).as_posix()
    content = sops.decrypt(programs(session), file, environ=session.environ, name=name)
    token = content.get(_KEY)
    if not isinstance(token, str):
        raise DeployerError(f"no key `{_KEY}` in {name}", hint=f"add it with `sops {file}`")
    return token.strip(), name
