from __future__ import annotations

from tests.render.features.asking import asked


def test_the_gateway_is_switched_on_and_its_choices_are_said() -> None:
    assert asked("features: {dask: {max_cores: 8}}") == {
        "dask-gateway": {"enabled": True},
        "jupyterhub": {
            "custom": {
                "deployer": {
                    "dask": {
                        "idle_minutes": 30,
                        "max_idle_minutes": 1440,
                        "max_cores": 8,
                        "max_clusters": 2,
                    }
                }
            }
        },
    }
