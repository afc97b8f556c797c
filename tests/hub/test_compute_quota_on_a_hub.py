"""A quota of hours on a real JupyterHub: refused, noted over restarts, and stopped."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.hub.features import values
from tests.hub.running_hub import PATIENCE, RunningHub, running_hub
from tests.waiting import wait_for

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.integration

OFFICE = "office"
HOUR = 3600.0
ASKED = """
auth: {{type: dummy, everybody: true}}
features:
  compute_quota: {{hours: {hours}, window_days: 1, groups: {{staff: unlimited}}, stop: {stop}}}
  announcement: {{text: Away on Monday}}
"""
OWN = f"""
jupyterhub:
  hub:
    config:
      JupyterHub:
        db_url: sqlite:///hub.sqlite
        cleanup_servers: false
        load_groups: {{staff: {{users: [grace]}}}}
      DummyAuthenticator: {{allow_all: true}}
    services: {{{OFFICE}: {{}}}}
    loadRoles: {{{OFFICE}: {{services: [{OFFICE}], scopes: ["admin:users", "admin:servers"]}}}}
    extraFiles:
      often: {{mountPath: /zz-often.py, stringData: "_QUOTA_EVERY = 0.5"}}
"""
"""What is to be looked at each minute is, in a test, each half a second."""


def asked(repository: Path, hours: float = 10, *, stop: bool = True) -> dict[str, Any]:
    return values(repository, ASKED.format(hours=hours, stop=str(stop).lower()), own=OWN)


def logged_in(hub: RunningHub, name: str) -> requests.Session:
    browser = requests.Session()
    hub.send(browser, "/hub/login", username=name, password="any")
    return browser


def page(hub: RunningHub, browser: requests.Session, path: str) -> requests.Response:
    return browser.get(hub.url + path, timeout=PATIENCE, allow_redirects=False)


def server(hub: RunningHub, name: str) -> Any:
    return hub.api(OFFICE, "GET", f"/users/{name}").json()["servers"].get("")


def start(hub: RunningHub, name: str) -> None:
    hub.api(OFFICE, "POST", f"/users/{name}/server")
    wait_for(
        lambda: bool((server(hub, name) or {}).get("ready")),
        f"the server of {name} is ready",
        seconds=PATIENCE,
    )


def stop(hub: RunningHub, name: str) -> None:
    hub.api(OFFICE, "DELETE", f"/users/{name}/server")
    wait_for(lambda: not server(hub, name), f"the server of {name} is gone", seconds=PATIENCE)


def rows(directory: Path, text: str = "select user, weight, until - since from deployer_server_runs") -> Any:
    with closing(sqlite3.connect(directory / "hub.sqlite", timeout=PATIENCE)) as database:
        found = database.execute(text).fetchall()
        database.commit()
        return found


def long_ago(directory: Path, hours: float, ended: float = 1) -> None:
    """Have all that ran run so many hours, and end so long ago."""
    until = datetime.now(UTC) - timedelta(hours=ended)
    since = until - timedelta(hours=hours)
    rows(
        directory,
        f"update deployer_server_runs set since = {since.timestamp()}, until = {until.timestamp()}",
    )


def test_who_has_used_it_up_is_told_so_and_starts_nothing_also_after_a_restart(
    tmp_path: Path, repository: Path
) -> None:
    with running_hub(tmp_path, asked(repository)) as hub:
        for name in ("ada", "grace"):
            logged_in(hub, name)
            start(hub, name)
            stop(hub, name)
    assert sorted((user, weight) for user, weight, _ in rows(tmp_path)) == [("ada", 1.0), ("grace", 1.0)]
    assert all(0 <= seconds < PATIENCE for _, _, seconds in rows(tmp_path))
    long_ago(tmp_path, 12)

    with running_hub(tmp_path, asked(repository)) as hub:
        browser = logged_in(hub, "ada")
        home = page(hub, browser, "/hub/home").text
        assert "Away on Monday<br>You have used 12.0 of your 10 server hours of the last day." in home
        refused = page(hub, browser, "/hub/spawn")
        assert refused.status_code == 403
        assert "You have used 12.0 of your 10 server hours of the last day." in refused.text
        assert "You can start a server again at " in refused.text
        assert hub.api(OFFICE, "POST", "/users/ada/server").status_code in (202, 403)
        wait_for(lambda: not server(hub, "ada"), "no server of ada starts", seconds=PATIENCE)
        assert len(rows(tmp_path)) == 2

        staff = logged_in(hub, "grace")
        assert "You have used" not in page(hub, staff, "/hub/home").text
        start(hub, "grace")
        stop(hub, "grace")
        # Removed and back again, but not with new hours.
        assert hub.api(OFFICE, "DELETE", "/users/ada").status_code == 204
        assert page(hub, logged_in(hub, "ada"), "/hub/spawn").status_code == 403


@pytest.mark.parametrize("stops", [True, False])
def test_what_runs_is_counted_over_a_restart_and_stopped_when_nothing_is_left(
    tmp_path: Path, repository: Path, stops: bool
) -> None:
    with running_hub(tmp_path, asked(repository, stop=stops)) as hub:
        browser = logged_in(hub, "ada")
        start(hub, "ada")
        told = page(hub, browser, "/hub/home").text
        assert "You have used 0.0 of your 10 server hours of the last day." in told
        assert ("What runs is stopped at " in told) == stops
    # It ran on while the hub was away.
    rows(tmp_path, f"update deployer_server_runs set since = since - {9.9 * HOUR}")
    with running_hub(tmp_path, asked(repository, stop=stops)) as hub:
        assert (server(hub, "ada") or {}).get("ready")
        assert "You have used 9.9 of your" in page(hub, logged_in(hub, "ada"), "/hub/home").text
        rows(tmp_path, f"update deployer_server_runs set since = since - {HOUR}")
        if stops:
            wait_for(lambda: not server(hub, "ada"), "the server of ada was stopped", seconds=PATIENCE)
        else:
            ((_, _, before),) = rows(tmp_path)
            wait_for(lambda: rows(tmp_path)[0][2] > before + 1, "the hub has looked again", seconds=PATIENCE)
            assert (server(hub, "ada") or {}).get("ready")
            stop(hub, "ada")
        assert page(hub, logged_in(hub, "ada"), "/hub/spawn").status_code == 403
    assert "Could not" not in (tmp_path / "hub.log").read_text()
