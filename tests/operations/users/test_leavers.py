"""Who counts as gone, and whose home has to stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deployer.errors import DeployerError
from deployer.operations.users.hub_side import Cohort, HubSide, HubUser, parsed
from deployer.operations.users.leavers import COHORT, INACTIVE, Choice, Home, Leaver, leavers
from tests.operations.users.fake_cluster import NAMESPACE, FakeCluster
from tests.operations.users.test_places import SETTINGS, mounted
from tests.operations.users.world import HUB

NOW = datetime(2026, 12, 1, tzinfo=UTC)
OVER = NOW - timedelta(days=1)


def user(name: str, *, days: float | None = 0, **more: Any) -> HubUser:
    seen = None if days is None else NOW - timedelta(days=days)
    return HubUser(name=name, id=7, claims={}, seen=seen, **more)


def side(*users: HubUser, **more: Any) -> HubSide:
    return HubSide(users=users, database="sqlite", **{"spawner": SETTINGS, **more})


def gone(found: HubSide, cluster: FakeCluster | None = None, **choice: Any) -> tuple[Leaver, ...]:
    cluster = cluster or FakeCluster()
    return leavers(HUB, found, Choice(**choice), NOW, cluster.api).leavers


def names(found: HubSide, **choice: Any) -> list[tuple[str, str]]:
    return [(leaver.user, leaver.why) for leaver in gone(found, **choice)]


PEOPLE = (
    user("zoe", days=400),
    user("ada", days=30),
    user("eve", days=0),
    user("boss", days=400, admin=True),
    user("deployer-health-check", days=400),
    user("ghost", days=None),
)


def test_who_was_away_for_so_many_days_has_left_and_admins_never_do() -> None:
    assert names(side(*PEOPLE), inactive_days=30) == [("ada", INACTIVE), ("zoe", INACTIVE)]
    assert names(side(*PEOPLE), inactive_days=31) == [("zoe", INACTIVE)]
    assert names(side(*PEOPLE), inactive_days=31, stay=frozenset({"zoe"})) == []
    assert names(side(*PEOPLE), inactive_days=30, only=frozenset({"ada", "eve"})) == [("ada", INACTIVE)]


def test_a_cohort_has_left_when_it_is_over_but_for_those_who_stay() -> None:
    cohort = Cohort(users=frozenset({"ada", "eve", "boss", "nobody"}), keep=frozenset({"eve"}), end=OVER)
    found = side(*PEOPLE, cohort=cohort)
    assert names(found) == [("ada", COHORT)]
    assert names(found, inactive_days=31) == [("ada", COHORT), ("zoe", INACTIVE)]
    assert names(replace(found, cohort=replace(cohort, end=NOW + timedelta(seconds=1)))) == []


def test_somebody_has_to_be_able_to_leave() -> None:
    with pytest.raises(DeployerError, match="no cohort whose time could be over"):
        gone(side(*PEOPLE))


@pytest.mark.parametrize(
    ("until", "end"),
    [
        ("2026-11-30", NOW),
        ("2026-12-01T01:00+01:00", NOW),
        ("2026-12-01T00:00", NOW),
        ("2026-12-01T00:00:00Z", NOW),
    ],
)
def test_what_the_hub_is_told_of_its_cohort_means_the_same_here(until: str, end: datetime) -> None:
    row = {"name": "ada", "id": 1, "admin": False, "servers": {}, "created": "2026-01-01T00:00:00+00:00"}
    told = {
        "database": "sqlite",
        "spawner": None,
        "users": [{**row, "last_activity": None}, {**row, "last_activity": "2026-11-01T12:00:00+00:00"}],
        "cohort": {"users": ["Ada"], "keep": ["Eve"], "until": until},
    }
    found = parsed("demo", told)
    assert found.cohort == Cohort(users=frozenset({"ada"}), keep=frozenset({"eve"}), end=end)
    assert [each.seen for each in found.users] == [
        datetime(2026, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 1, 12, tzinfo=UTC),
    ]


def obstacles(found: HubSide, cluster: FakeCluster | None = None) -> dict[str, str | None]:
    return {leaver.user: leaver.obstacle for leaver in gone(found, cluster, inactive_days=30)}


def test_a_home_stays_while_a_server_runs() -> None:
    cluster = FakeCluster()
    cluster.run_server("ada", "gpu")
    assert obstacles(side(*PEOPLE), cluster) == {"ada": "a server runs", "zoe": None}
    assert cluster.get(f"/api/v1/namespaces/{NAMESPACE}/pods/jupyter-ada-gpu")


def test_a_home_that_is_more_than_one_users_stays() -> None:
    found = side(user("ann", days=40), user("abe", days=0), spawner=mounted("all-{username:.1}"))
    assert obstacles(found) == {"ann": "another user has the same home"}


@pytest.mark.parametrize(
    ("claims", "obstacle"),
    [(True, "the home is a volume of its own"), (False, "the hub keeps no home")],
)
def test_what_is_no_directory_of_a_shared_volume_stays(claims: bool, obstacle: str) -> None:
    spawner = replace(SETTINGS, storage_pvc_ensure=claims, volumes=(), volume_mounts=())
    assert obstacles(side(user("ada", days=40), spawner=spawner)) == {"ada": obstacle}
    assert obstacles(side(user("ada", days=40), spawner=None)) == {"ada": "the hub keeps no home"}


def test_homes_are_those_of_all_servers_on_all_volumes() -> None:
    someone = replace(user("Ada", days=40), claims={"": None, "gpu": None})
    spawner = mounted("{escaped_username}", "more/{username}--{servername}/work")
    (found,) = gone(side(someone, spawner=spawner), inactive_days=30)
    assert found.homes == (
        Home(place=0, path="-41da"),
        Home(place=1, path="more/ada---99a563ab"),
        Home(place=1, path="more/ada---99a563ab--gpu"),
    )


def test_a_home_that_leads_elsewhere_is_refused() -> None:
    with pytest.raises(DeployerError, match="not the path of a home"):
        gone(side(user("..", days=40), spawner=mounted("{unescaped_username}")), inactive_days=30)
    spawner = replace(SETTINGS, enable_user_namespaces=True)
    with pytest.raises(DeployerError, match="each user has a namespace"):
        gone(side(*PEOPLE, spawner=spawner), inactive_days=30)
