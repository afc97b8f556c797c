from __future__ import annotations

from typing import Any

import pytest

from deployer.fleet.model import Organisation
from tests.render.features.asking import asked


def operator(text: str = "features: {home_page: true}", **more: Any) -> Any:
    """Return who runs the hub, as its pages show it."""
    return asked(text, **more)["jupyterhub"]["custom"]["homepage"]["templateVars"].get("operated_by")


def test_a_home_page_is_called_as_the_hub_is() -> None:
    assert asked("features: {home_page: true}") == {
        "jupyterhub": {
            "custom": {
                "homepage": {"templateVars": {"enabled": True}},
                "deployer": {"home_page": {"title": "Hub"}},
            }
        }
    }


def test_what_older_templates_know_goes_where_they_look_for_it_and_the_rest_beside() -> None:
    text = """
    features:
      home_page:
        title: Ocean data
        about: Notebooks.
        organisation: {name: Polar, url: "https://polar.example.org"}
        operator: {name: Cooperative}
        designed_by: {name: Studio}
        funders: [{name: Fund}]
        links: [{text: Notes, url: "https://notes.example.org"}]
        learn_more: Ask.
        terms: {url: "https://polar.example.org/terms"}
    """
    assert asked(text) == {
        "jupyterhub": {
            "custom": {
                "homepage": {
                    "templateVars": {
                        "enabled": True,
                        "org": {"name": "Polar", "url": "https://polar.example.org"},
                        "operated_by": {"name": "Cooperative"},
                        "designed_by": {"name": "Studio"},
                    }
                },
                "deployer": {
                    "home_page": {
                        "title": "Ocean data",
                        "about": "Notebooks.",
                        "funders": [{"name": "Fund"}],
                        "links": [{"text": "Notes", "url": "https://notes.example.org"}],
                        "learn_more": "Ask.",
                        "terms": {
                            "url": "https://polar.example.org/terms",
                            "text": "terms of use",
                            "accept": True,
                        },
                    }
                },
            }
        }
    }


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("help@hubs.example.org", {"url": "mailto:help@hubs.example.org"}),
        ("https://hubs.example.org/help", {"url": "https://hubs.example.org/help"}),
        (None, {}),
    ],
)
def test_who_runs_the_fleet_runs_the_hub(contact: str | None, address: dict[str, str]) -> None:
    organisation = Organisation(name="Example Hubs", contact=contact)
    assert operator(organisation=organisation) == {"name": "Example Hubs", **address}


def test_an_operator_that_the_hub_names_has_nothing_of_the_fleets() -> None:
    fleet = Organisation(name="Example Hubs", contact="help@hubs.example.org")
    text = "features: {home_page: {operator: {name: Cooperative}}}"
    assert operator(text, organisation=fleet) == {"name": "Cooperative"}
    for said in ("{name: Cooperative}", "null"):
        page = f"jupyterhub: {{custom: {{homepage: {{templateVars: {{operated_by: {said}}}}}}}}}"
        assert operator(organisation=fleet, said=page) is None


def test_a_fleet_without_a_name_runs_no_hub() -> None:
    assert operator(organisation=Organisation(contact="help@hubs.example.org")) is None
