from __future__ import annotations

from tests.render.features.asking import asked


def test_files_have_their_paths_and_maps_the_format_of_their_names() -> None:
    text = """
    features:
      config_files:
        /etc/ipython/ipython_config.py: "c.HistoryManager.enabled = False\\n"
        /usr/local/share/jupyter/lab/settings/overrides.json: {a: 1}
        /etc/pip.toml: {b: 2}
        /etc/settings: {c: 3}
    """
    assert asked(text) == {
        "jupyterhub": {
            "singleuser": {
                "extraFiles": {
                    "config--etc--ipython--ipython_config.py": {
                        "mountPath": "/etc/ipython/ipython_config.py",
                        "stringData": "c.HistoryManager.enabled = False\n",
                    },
                    "config--etc--pip.toml": {"mountPath": "/etc/pip.toml", "data": {"b": 2}},
                    "config--etc--settings": {
                        "mountPath": "/etc/settings",
                        "stringData": '{\n  "c": 3\n}\n',
                    },
                    "config--usr--local--share--jupyter--lab--settings--overrides.json": {
                        "mountPath": "/usr/local/share/jupyter/lab/settings/overrides.json",
                        "data": {"a": 1},
                    },
                }
            }
        }
    }


def test_no_files_are_no_values() -> None:
    assert asked("features: {config_files: true}") == {}
