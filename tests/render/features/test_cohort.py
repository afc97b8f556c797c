from __future__ import annotations

from tests.render.features.asking import asked


def test_the_hub_is_told_who_is_admitted_until_when() -> None:
    text = "features: {cohort: {users: [ada, grace], until: '2026-12-18', keep: [grace]}}"
    told = {"users": ["ada", "grace"], "until": "2026-12-18", "keep": ["grace"]}
    assert asked(text) == {"jupyterhub": {"custom": {"deployer": {"cohort": told}}}}
