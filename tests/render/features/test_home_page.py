from __future__ import annotations

from tests.render.features.asking import asked


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
