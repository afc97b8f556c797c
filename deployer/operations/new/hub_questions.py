"""What has to be known for a new hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployer.fleet.presets import descriptions
from deployer.operations.new import checks, proposals
from deployer.operations.new.answers import HubCopy, NewHub
from deployer.operations.new.question import Question, many, one
from deployer.operations.new.sign_in_questions import sign_in

if TYPE_CHECKING:
    from deployer.fleet.model import Cluster, Fleet, Hub
    from deployer.operations.new.question import Asking


def which_cluster(fleet: Fleet) -> Asking[str]:
    """Ask for the cluster that gets a hub."""
    names = [cluster.name for cluster in fleet.clusters]
    return one(
        Question(
            flag="CLUSTER",
            text="Cluster",
            explanation="The cluster that the hub is to run on: a directory of config/clusters.",
            example=names[0] if names else "us-east",
            default=(names[0],) if len(names) == 1 else None,
            choices={each.name: _hubs_of(each) for each in fleet.clusters},
        )
    )


def new_hub(fleet: Fleet, cluster: Cluster) -> Asking[NewHub]:
    """Ask for a hub on a cluster that is there."""
    name = yield from hub_name(cluster)
    display_name, domain = yield from _shown_as(fleet, cluster, name)
    chosen = yield from _presets(fleet)
    log_in = yield from sign_in(cluster)
    staged_by, staging_for = yield from _staging(cluster, name)
    return NewHub(
        name=name,
        display_name=display_name,
        domain=domain,
        presets=chosen,
        sign_in=log_in,
        staged_by=staged_by,
        staging_for=staging_for,
    )


def hub_copy(fleet: Fleet, cluster: Cluster, source_cluster: Cluster, source: Hub) -> Asking[HubCopy]:
    """Ask for a hub that is to be like another one."""
    name = yield from hub_name(cluster)
    display_name, domain = yield from _shown_as(fleet, cluster, name)
    staged_by, staging_for = yield from _staging(cluster, name)
    return HubCopy(
        source_cluster=source_cluster.name,
        source=source.name,
        name=name,
        display_name=display_name,
        domain=domain,
        staged_by=staged_by,
        staging_for=staging_for,
    )


def first_hub(fleet: Fleet, cluster: str, name: str) -> Asking[NewHub]:
    """Ask for the first hub of a cluster that is to be."""
    display_name, domain = yield from _shown_as(fleet, cluster, name)
    chosen = yield from _presets(fleet)
    log_in = yield from sign_in(None)
    return NewHub(name=name, display_name=display_name, domain=domain, presets=chosen, sign_in=log_in)


def hub_name(cluster: Cluster) -> Asking[str]:
    """Ask for the name of a hub."""
    return one(
        Question(
            flag="HUB",
            text="Name of the hub",
            explanation=checks.explained("hubs", "name"),
            example="climate",
            check=checks.new_hub(cluster),
        )
    )


def _shown_as(fleet: Fleet, cluster: Cluster | str, name: str) -> Asking[tuple[str, str]]:
    known = None if isinstance(cluster, str) else cluster
    others = [hub.display_name for hub in known.hubs] if known else []
    display_name = yield from one(
        Question(
            flag="--display-name",
            text="Name for people",
            explanation=checks.explained("hubs", "display_name"),
            example=proposals.title(name),
            default=(proposals.display_name(cluster, name, others),),
            check=checks.new_display_name(known),
        )
    )
    proposed = proposals.domain(fleet, cluster, name)
    domain = yield from one(
        Question(
            flag="--domain",
            text="Domain",
            explanation=checks.explained("hubs", "domain"),
            example=f"{name}.hubs.example.org",
            default=(proposed,) if proposed else None,
            check=checks.new_domain(fleet),
        )
    )
    return display_name, domain


def _presets(fleet: Fleet) -> Asking[tuple[str, ...]]:
    known = descriptions(fleet.root)
    if not known:
        return ()
    return (
        yield from many(
            Question(
                flag="--preset",
                text="Presets",
                explanation=checks.explained("hubs", "presets"),
                example=next(iter(known)),
                default=(),
                choices=known,
                several=True,
            )
        )
    )


def _staging(cluster: Cluster, name: str) -> Asking[tuple[str | None, tuple[str, ...]]]:
    """Ask which hub comes before and which come after; a hub that is staged already cannot come after."""
    hubs = {hub.name: hub.display_name for hub in cluster.hubs}
    if not hubs:
        return None, ()
    before = yield from one(
        Question(
            flag="--staged-by",
            text="Staged by",
            explanation=checks.explained("hubs", "staged_by"),
            example=next(iter(hubs)),
            default=_usual_staging(cluster, name),
            choices=hubs,
            optional=True,
        )
    )
    free = {
        hub.name: hub.display_name for hub in cluster.hubs if hub.staged_by is None and hub.name != before
    }
    after = yield from many(
        Question(
            flag="--staging-for",
            text="Staging for",
            explanation=checks.explained("hubs", "staging_for"),
            example=next(iter(hubs)),
            default=(),
            choices=free,
            several=True,
            # Few hubs stand in the middle of a row.
            unasked=bool(before) or not free,
        )
    )
    return before or None, after


def _usual_staging(cluster: Cluster, name: str) -> tuple[str, ...]:
    """Return the hub that stages the others, else the one whose name says that it does."""
    used = [hub.staged_by for hub in cluster.hubs if hub.staged_by]
    named = [hub.name for hub in cluster.hubs if hub.name == proposals.STAGING]
    if name == proposals.STAGING:
        return ()
    return tuple((used or named)[:1])


def _hubs_of(cluster: Cluster) -> str:
    return ", ".join(hub.name for hub in cluster.hubs) or "no hub yet"
