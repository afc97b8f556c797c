"""The pages that people see: which hubs get our templates, and as what."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.render.subject import Subject
from deployer.render.topics.pages import pages
from tests.render import fleets

FILES = {"templates/page.html": "a page\n", "templates/login.html": "log-in\n", "dask/options.py": ""}


def computed(shown: Any) -> dict[str, Any]:
    hub = fleets.hub()
    return pages(
        Subject(
            cluster=fleets.cluster("gcp", hub),
            hub=hub,
            host="host.example.org",
            own={"jupyterhub": {"custom": {"homepage": {"templateVars": shown}}}},
            hub_python={},
            chart_files=FILES,
        )
    )


def test_a_hub_with_a_home_page_has_our_templates_as_files() -> None:
    directory = "/usr/local/share/jupyterhub/deployer-templates"
    assert computed({"enabled": True}) == {
        "jupyterhub": {
            "custom": {"deployer": {"templates": {"own": directory}}},
            "hub": {
                "extraFiles": {
                    "page-login.html": {"mountPath": f"{directory}/login.html", "stringData": "log-in\n"},
                    "page-page.html": {"mountPath": f"{directory}/page.html", "stringData": "a page\n"},
                }
            },
        }
    }


@pytest.mark.parametrize("shown", [None, {}, {"enabled": False, "org": {"name": "Polar"}}])
def test_others_keep_the_pages_of_jupyterhub(shown: Any) -> None:
    assert computed(shown) == {}
