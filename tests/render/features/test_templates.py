from __future__ import annotations

from deployer.render.features.templates import values


def test_templates_become_files_and_their_directory_is_looked_at() -> None:
    place = "/usr/local/share/jupyterhub/community-templates"
    files = {"login.html": "log-in", "home.html": "home"}
    assert values(None, {"directory": "config/templates", "files": files}) == {  # type: ignore[arg-type]
        "jupyterhub": {
            "custom": {"deployer": {"templates": {"community": place}}},
            "hub": {
                "extraFiles": {
                    "community-home.html": {"mountPath": f"{place}/home.html", "stringData": "home"},
                    "community-login.html": {"mountPath": f"{place}/login.html", "stringData": "log-in"},
                }
            },
        }
    }
