from __future__ import annotations

from tests.render.features.asking import asked

POLICY = {"interNamespaceAccessLabels": "accept"}


def test_metrics_take_a_token_by_default() -> None:
    assert asked("features: {metrics: true}") == {
        "jupyterhub": {
            "hub": {
                "authenticatePrometheus": True,
                "service": {"annotations": {"prometheus.io/scrape": "false"}},
                "services": {"prometheus": {"display": False}},
                "loadRoles": {"prometheus": {"services": ["prometheus"], "scopes": ["read:metrics"]}},
                "networkPolicy": POLICY,
            }
        }
    }


def test_they_may_be_open_and_told_by_group() -> None:
    assert asked("features: {metrics: {token: false, groups: true}}") == {
        "jupyterhub": {"hub": {"authenticatePrometheus": False, "networkPolicy": POLICY}},
        "jupyterhub-groups-exporter": {"enabled": True},
    }
