"""Archiving from the look to the report: on a real database and real homes, beside a hub that runs."""

from __future__ import annotations

import tarfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from jupyterhub import orm

from deployer.errors import DeployerError, Interrupted
from deployer.operations.users.archive import Archiving, Outcome
from deployer.operations.users.leavers import Choice
from tests.operations.users.fake_cluster import Hung, kill
from tests.operations.users.world import HUB, World

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
ADA, BOB = "ada@campus.example", "bob@campus.example"
ADAS, BOBS = "ada-40campus-2eexample", "bob-40campus-2eexample"


class Office(World):
    """The operator who archives what people left who are away since a year."""

    def __init__(self, directory: Path, session: Session) -> None:
        super().__init__(directory, session)
        self.cluster.beside_the_hub = True
        long_ago = (NOW - timedelta(days=400)).replace(tzinfo=None)
        self.query(f"update users set last_activity = '{long_ago}' where name != 'eve'")
        self.query(f"update users set last_activity = '{NOW.replace(tzinfo=None)}' where name = 'eve'")

    def archive(self, **options: Any) -> Outcome:
        given = {"remove": False, "directory": "_archived", "choice": Choice(inactive_days=365), **options}
        return Archiving(
            session=self.session, connection=self.connection, hub=HUB, clock=lambda: NOW, **given
        ).apply()

    def statuses(self, **options: Any) -> dict[str, str]:
        return {result.told["home"]: result.status for result in self.archive(**options).results}

    @property
    def there(self) -> list[str]:
        return sorted(path.name for path in self.homes.iterdir())


ZOES = "zoe-40campus-2eexample"
ALL = ["_shared", ADAS, BOBS, "eve"]


@pytest.fixture
def office(tmp_path: Path, session: Session) -> Office:
    return Office(tmp_path, session)


def test_homes_are_archived_and_stay_unless_their_removal_is_asked_for(office: Office) -> None:
    assert office.statuses() == {ADAS: "archived", BOBS: "archived", ZOES: "absent"}
    assert office.there == sorted(["_archived", *ALL])
    with tarfile.open(office.homes / "_archived" / f"{ADAS}.20261201T080000Z.tar.gz") as tar:
        assert tar.extractfile(f"{ADAS}/file").read().decode() == ADAS  # type: ignore[union-attr]  # it is a file
    assert office.statuses(remove=True) == {ADAS: "removed", BOBS: "removed", ZOES: "absent"}
    assert office.there == ["_archived", "_shared", "eve"]
    assert office.names() == office.before[0]
    assert office.cluster.hub_runs
    office.nothing_is_left()


def test_the_same_command_goes_on_after_a_pod_that_was_killed(office: Office) -> None:
    office.cluster.faults = {"remove-homes": kill}
    with pytest.raises(DeployerError, match="the step `remove-homes` failed"):
        office.archive(remove=True)
    office.nothing_is_left()
    assert office.there == sorted(["_archived", *ALL])
    assert office.statuses(remove=True) == {ADAS: "removed", BOBS: "removed", ZOES: "absent"}
    assert office.statuses(remove=True) == {ADAS: "removed", BOBS: "removed", ZOES: "absent"}


def test_who_comes_back_in_between_keeps_the_home(office: Office) -> None:
    def ada_comes_back() -> None:
        office.query(f"update users set last_activity = '{NOW.replace(tzinfo=None)}' where name = '{ADA}'")
        office.cluster.run_server(BOB)

    office.cluster.faults = {"archive-homes": ada_comes_back}
    done = office.archive(remove=True)
    assert {result.told["home"]: result.status for result in done.results} == {
        ADAS: "kept",
        BOBS: "kept",
        ZOES: "absent",
    }
    assert office.there == sorted(["_archived", *ALL])
    assert [result.user for result in done.failed] == [ADA, BOB]
    assert office.cluster.steps == ["archive-homes", "remove-homes"]


def test_what_cannot_be_archived_keeps_others_from_nothing(office: Office) -> None:
    (office.homes / ADAS / "file").unlink()
    (office.homes / ADAS).rmdir()
    (office.homes / ADAS).symlink_to(office.homes / "eve")
    assert office.statuses(remove=True) == {ADAS: "failed", BOBS: "removed", ZOES: "absent"}
    assert (office.homes / ADAS).is_symlink()
    assert (office.homes / "eve" / "file").read_text() == "eve"


def test_whose_server_runs_is_left_alone(office: Office) -> None:
    for name in (ADA, BOB, "zoe@campus.example"):
        office.cluster.run_server(name)
    done = office.archive(remove=True)
    assert [leaver.obstacle for leaver in done.leavers.leavers] == ["a server runs"] * 3
    assert (done.results, office.cluster.steps) == ((), [])


@pytest.mark.parametrize("directory", [ADAS, f"{ADAS}/old", "eve", "../out", "/out", "eve/"])
def test_archives_are_in_nobodys_home(office: Office, directory: str) -> None:
    with pytest.raises(DeployerError, match=r"archives cannot be in|not the path of a home"):
        office.archive(directory=directory)
    assert office.there == ALL


def test_an_interruption_ends_the_pod_and_says_nothing_was_lost(office: Office) -> None:
    def interrupt() -> None:
        office.session.interruption.request()
        raise Hung

    office.cluster.faults = {"archive-homes": interrupt}
    with pytest.raises(Interrupted):
        office.archive(remove=True)
    office.nothing_is_left()
    assert set(ALL) <= set(office.there)


def test_the_database_says_when_people_were_there_last(office: Office) -> None:
    """What JupyterHub writes itself is understood."""
    db = orm.new_session_factory(f"sqlite:///{office.directory}/hub.sqlite")()
    db.query(orm.User).filter_by(name=ADA).one().last_activity = (NOW - timedelta(days=1)).replace(
        tzinfo=None
    )
    db.commit()
    db.close()
    db.get_bind().dispose()
    assert office.statuses() == {BOBS: "archived", ZOES: "absent"}
