from __future__ import annotations

from typing import Any

from tests.render.features.asking import asked


def told(text: str) -> Any:
    return asked(f"features: {{compute_quota: {text}}}")["jupyterhub"]["custom"]["deployer"]["compute_quota"]


def test_hours_of_a_server_in_a_week_are_what_hours_alone_mean() -> None:
    assert told("{hours: 40}") == {
        "hours": 40,
        "window_days": 7,
        "resource": "server",
        "groups": {},
        "admins": False,
        "stop": True,
    }


def test_the_hub_is_told_all_that_is_said() -> None:
    said = {
        "hours": "unlimited",
        "window_days": 30,
        "resource": "memory",
        "groups": {"students": 200.5, "staff": "unlimited"},
        "admins": True,
        "stop": False,
    }
    assert told(str(said).replace("True", "true").replace("False", "false")) == said
