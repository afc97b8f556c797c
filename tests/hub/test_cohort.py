"""A cohort on the real classes of JupyterHub and KubeSpawner: admitted, then not, and some stay."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from jupyterhub.auth import Authenticator, DummyAuthenticator
from tornado.web import HTTPError
from traitlets.config import Config

from tests.hub.spawners import person, spawner_of

if TYPE_CHECKING:
    from jupyterhub.auth import Authenticator as Kind

    from tests.hub.conftest import Run

NOW = datetime.now(UTC)
LATER, BEFORE = ((NOW + timedelta(hours=hours)).isoformat(timespec="minutes") for hours in (5, -5))


@pytest.fixture(autouse=True)
def undone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Authenticator, "check_blocked_users", Authenticator.check_blocked_users)


def cohort(run: Run, until: str, config: Config | None = None) -> Kind:
    """The authenticator of a hub that has a cohort."""
    told = {"users": ["Ada", "grace"], "until": until, "keep": ["grace", "alan"]}
    return DummyAuthenticator(config=run("cohort", config, deployer={"cohort": told}))


def admitted(authenticator: Kind, *names: str) -> dict[str, bool]:
    """Log people in as JupyterHub does, all the way through its own checks."""
    data = ({"username": name, "password": "any"} for name in names)
    models = [asyncio.run(authenticator.get_authenticated_user(None, each)) for each in data]
    return {name: model is not None for name, model in zip(names, models, strict=True)}


def test_the_cohort_is_admitted_until_the_date_and_nobody_else(run: Run) -> None:
    found = admitted(cohort(run, LATER), "ada", "ADA", "grace", "alan", "mallory")
    assert found == {"ada": True, "ADA": True, "grace": True, "alan": True, "mallory": False}


def test_afterwards_those_who_stay_are_admitted_and_the_others_are_not(run: Run) -> None:
    authenticator = cohort(run, BEFORE)
    # As JupyterHub has it where names are listed: accounts that there are keep their access.
    assert authenticator.allow_existing_users
    authenticator.add_user(person("ada"))
    found = admitted(authenticator, "ada", "grace", "alan")
    assert found == {"ada": False, "grace": True, "alan": True}


def test_a_list_of_the_class_itself_gets_the_cohort_too(run: Run) -> None:
    config = Config(DummyAuthenticator={"allowed_users": {"eve"}})
    found = admitted(cohort(run, LATER, config), "eve", "ada")
    assert found == {"eve": True, "ada": True}


@pytest.mark.parametrize(("until", "refused"), [(LATER, False), (BEFORE, True)])
def test_who_is_still_logged_in_starts_no_server_afterwards(run: Run, until: str, refused: bool) -> None:
    cohort(run, until)
    spawner = spawner_of(person("ada"))
    if refused:
        with pytest.raises(HTTPError, match="403"):
            asyncio.run(spawner.load_user_options())
    else:
        asyncio.run(spawner.load_user_options())
    asyncio.run(spawner_of(person("grace")).load_user_options())


@pytest.mark.parametrize(
    ("days", "over"),
    [(0, False), (-1, True)],
)
def test_a_day_counts_to_its_end(run: Run, days: int, over: bool) -> None:
    day = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    assert admitted(cohort(run, day), "ada") == {"ada": not over}


def test_a_hub_without_a_cohort_is_as_it_was(run: Run) -> None:
    before = Authenticator.check_blocked_users
    assert "allowed_users" not in run("cohort").Authenticator
    assert Authenticator.check_blocked_users is before
