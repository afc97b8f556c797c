from __future__ import annotations

from tests.render.features.asking import asked


def test_a_site_takes_a_repository() -> None:
    assert asked("features: {site: {repository: 'https://example.org/docs'}}") == {
        "site": {
            "enabled": True,
            "repository": "https://example.org/docs",
            "branch": "main",
            "path": "docs",
            "isolated": False,
            "periodSeconds": 300,
            "size": "2Gi",
        }
    }


def test_everything_may_be_said() -> None:
    text = """
    features:
      site:
        repository: git@example.org:docs.git
        branch: gh-pages
        directory: build/html
        path: handbook
        groups: [staff]
        isolated: true
        minutes: 60
        size_gb: 1
        known_hosts: example.org ssh-ed25519 AAAA
    """
    assert asked(text)["site"] == {
        "enabled": True,
        "repository": "git@example.org:docs.git",
        "branch": "gh-pages",
        "directory": "build/html",
        "path": "handbook",
        "groups": ["staff"],
        "isolated": True,
        "periodSeconds": 3600,
        "size": "1Gi",
        "knownHosts": "example.org ssh-ed25519 AAAA",
    }
