from __future__ import annotations

from tests.render.features.asking import asked


def test_servers_know_the_communitys_app() -> None:
    app = "https://github.com/apps/polar-hub"
    assert asked(f"features: {{git_credentials: {{client_id: Iv1.0123, app_url: {app}}}}}") == {
        "jupyterhub": {
            "singleuser": {
                "extraEnv": {"GH_SCOPED_CREDS_CLIENT_ID": "Iv1.0123", "GH_SCOPED_CREDS_APP_URL": app}
            }
        }
    }
