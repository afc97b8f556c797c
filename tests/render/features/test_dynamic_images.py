from __future__ import annotations

from tests.render.features.asking import asked


def test_binderhub_pushes_to_the_registry_that_is_named() -> None:
    text = "features: {dynamic_images: {registry: quay.io, prefix: org/hub-, username: org+builder}}"
    assert asked(text) == {
        "binderhub-service": {
            "enabled": True,
            "config": {
                "BinderHub": {"use_registry": True, "image_prefix": "quay.io/org/hub-"},
                "DockerRegistry": {"url": "https://quay.io", "username": "org+builder"},
            },
            "buildPodsRegistryCredentials": {"server": "https://quay.io", "username": "org+builder"},
        }
    }
