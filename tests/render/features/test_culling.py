from __future__ import annotations

from tests.render.features.asking import asked

KERNELS = "/usr/local/etc/jupyter/jupyter_server_config.d/deployer-culling.json"


def test_servers_and_kernels_are_stopped_after_an_hour_by_default() -> None:
    assert asked("features: {culling: true}") == {
        "jupyterhub": {
            "cull": {"enabled": True, "timeout": 3600, "every": 360, "maxAge": 604800, "users": False},
            "singleuser": {
                "extraFiles": {
                    "deployer-culling": {
                        "mountPath": KERNELS,
                        "data": {
                            "MappingKernelManager": {
                                "cull_idle_timeout": 3600,
                                "cull_interval": 300,
                                "cull_connected": True,
                            }
                        },
                    }
                }
            },
        }
    }


def test_each_part_can_be_set_and_switched_off() -> None:
    text = "features: {culling: {idle_minutes: 5, max_hours: 0, kernel_minutes: 0, remove_users: true}}"
    assert asked(text) == {
        "jupyterhub": {"cull": {"enabled": True, "timeout": 300, "every": 60, "maxAge": 0, "users": True}}
    }


def test_a_long_time_is_still_looked_at_every_ten_minutes() -> None:
    assert asked("features: {culling: {idle_minutes: 10080}}")["jupyterhub"]["cull"]["every"] == 600
