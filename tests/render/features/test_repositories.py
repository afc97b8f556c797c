from __future__ import annotations

from tests.render.features.asking import asked

FILES = {"user/pull-repositories": "#!/bin/sh\n"}


def test_a_hook_of_the_server_pulls_each_directory() -> None:
    text = """
    features:
      repositories:
        seconds: 60
        directories:
          data: {url: "https://git.example.org/data.git", branch: release/2026}
          course: {url: "https://github.com/org/course"}
    """
    script = "/usr/local/share/deployer/pull-repositories"
    course = ["https://github.com/org/course", "main", "course"]
    data = ["https://git.example.org/data.git", "release/2026", "data"]
    assert asked(text, chart_files=FILES) == {
        "jupyterhub": {
            "singleuser": {
                "extraFiles": {
                    "deployer-pull-repositories": {"mountPath": script, "stringData": "#!/bin/sh\n"}
                },
                "lifecycleHooks": {"postStart": {"exec": {"command": ["sh", script, "60", *course, *data]}}},
            }
        }
    }


def test_no_directories_are_no_values() -> None:
    assert asked("features: {repositories: true}", chart_files=FILES) == {}
