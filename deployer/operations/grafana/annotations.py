"""Telling the central Grafana what was done, so that its graphs show it."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from deployer.errors import DeployerError, Interrupted
from deployer.operations.grafana.central import central, has_token
from deployer.operations.listening import heard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from deployer.fleet.model import Fleet
    from deployer.operations.deploy.outcome import Outcome
    from deployer.session import Session

DEPLOY = "deploy"
_PATIENCE = 5.0
"""Seconds that a deploy waits for Grafana at most."""


def annotate(
    session: Session, fleet: Fleet, cluster: str, hubs: Iterable[str], *, text: str, tags: Iterable[str]
) -> None:
    """Write an annotation about a cluster, or about hubs of it, at the present time.

    Raises:
        DeployerError: Grafana can't be asked.
    """
    now, all_tags = _ms(session.clock()), _tags(cluster, hubs, tags)
    central(session, fleet).ask(lambda grafana: grafana.annotate(text, all_tags, start=now))


def annotate_deploys(session: Session, fleet: Fleet, cluster: str, outcomes: Iterable[Outcome]) -> None:
    """Write an annotation for each deploy that was begun, if there is a Grafana and a token for it.

    What was deployed is well without it, so that a failure is only noted, and nothing waits for long.
    """
    if session.interruption.requested or not has_token(session, fleet.organisation.grafana):
        return
    deadline = time.monotonic() + _PATIENCE

    def waiting() -> None:
        session.interruption.check()
        if time.monotonic() > deadline:
            raise DeployerError(f"no answer within {_PATIENCE:g} s")

    try:
        for _ in heard(lambda: _written(session, fleet, cluster, outcomes), waiting):
            pass
    except Interrupted:
        return
    except DeployerError as error:
        session.progress.noted(cluster, f"the central Grafana was not told of this: {error.message}")


def _written(session: Session, fleet: Fleet, cluster: str, outcomes: Iterable[Outcome]) -> Iterator[None]:
    grafana = central(session, fleet).grafana
    for each in outcomes:
        if each.began:
            end = _ms(each.began + timedelta(seconds=each.seconds))
            tags = _tags(cluster, [each.hub], [DEPLOY])
            grafana.annotate(_text(each), tags, start=_ms(each.began), end=end)
            yield


def _text(outcome: Outcome) -> str:
    became = "deployed" if outcome.ok else "rolled back" if outcome.rolled_back else "failed"
    revision = f", revision {outcome.revision} runs" if outcome.revision else ""
    return f"{outcome.hub}: {became}{revision}"


def _tags(cluster: str, hubs: Iterable[str], more: Iterable[str]) -> list[str]:
    return [*more, f"cluster:{cluster}", *(f"hub:{hub}" for hub in hubs)]


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
