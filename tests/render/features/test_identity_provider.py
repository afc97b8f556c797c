from __future__ import annotations

from tests.render.features.asking import asked


def test_each_client_is_a_service_and_says_who_may_log_in() -> None:
    text = """
    features:
      identity_provider:
        wiki: {redirect_url: "https://wiki.example.org/back"}
        forge:
          redirect_url: https://forge.example.org/back
          groups: [staff]
          confirm: false
    """
    assert asked(text) == {
        "jupyterhub": {
            "custom": {"deployer": {"open_services": {"wiki": True}}},
            "hub": {
                "services": {
                    "forge": {
                        "oauth_client_id": "service-forge",
                        "oauth_redirect_uri": "https://forge.example.org/back",
                        "oauth_no_confirm": True,
                        "display": False,
                    },
                    "wiki": {
                        "oauth_client_id": "service-wiki",
                        "oauth_redirect_uri": "https://wiki.example.org/back",
                        "oauth_no_confirm": False,
                        "display": False,
                    },
                },
                "loadRoles": {
                    "use-forge": {"groups": ["staff"], "scopes": ["access:services!service=forge"]}
                },
            },
        }
    }
