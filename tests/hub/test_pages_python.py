"""What the hub-side Python of pages does to JupyterHub's configuration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from traitlets.config import Config

if TYPE_CHECKING:
    from tests.hub.conftest import Run


def configured(run: Run, *paths: str, **custom: Any) -> Any:
    theirs = {"template_paths": list(paths), "template_vars": {"theirs": 1}}
    return run("pages", Config({"JupyterHub": theirs}), **custom).JupyterHub


def said(run: Run, **announcement: str) -> str:
    found = configured(run, deployer={"announcement": announcement})
    text: str = found.template_vars["announcement"](None)
    return text


def day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


def test_a_hub_that_asks_for_nothing_keeps_what_it_has(run: Run) -> None:
    assert configured(run, "/own") == {
        "template_paths": ["/own"],
        "template_vars": {"theirs": 1, "custom": {}, "home_page": {}},
    }


def test_templates_know_what_the_home_page_is_to_say(run: Run) -> None:
    shown = {"org": {"name": "Polar"}}
    found = configured(run, homepage={"templateVars": shown}, deployer={"home_page": {"title": "Ocean"}})
    assert found.template_vars == {"theirs": 1, "custom": shown, "home_page": {"title": "Ocean"}}


def test_a_communitys_templates_come_before_ours_and_after_the_hubs_own(run: Run) -> None:
    templates = {"own": "/ours", "image": "/image", "community": "/community"}
    found = configured(run, "/own", deployer={"templates": templates})
    assert found.template_paths == ["/own", "/community", "/image", "/ours"]


def test_an_announcement_is_text(run: Run) -> None:
    assert said(run, text="<b>Away</b> & back") == "&lt;b&gt;Away&lt;/b&gt; &amp; back"


@pytest.mark.parametrize(("until", "shown"), [(1, "Away"), (-1, "")])
def test_an_announcement_goes_by_itself(run: Run, until: int, shown: str) -> None:
    assert said(run, text="Away", until=day(until)) == shown
