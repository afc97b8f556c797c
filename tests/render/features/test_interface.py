from __future__ import annotations

import pytest

from tests.render.features.asking import asked


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("lab", "/lab"),
        ("notebook", "/tree"),
        ("rstudio", "/rstudio"),
        ("desktop", "/desktop"),
        ("vscode", "/vscode"),
    ],
)
def test_a_server_opens_with_the_interface(name: str, path: str) -> None:
    expected = {"jupyterhub": {"singleuser": {"defaultUrl": path}}}
    assert asked(f"features: {{interface: {{default: {name}}}}}") == expected
