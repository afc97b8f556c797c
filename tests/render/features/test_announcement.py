from __future__ import annotations

import pytest

from tests.render.features.asking import asked


@pytest.mark.parametrize("said", [{"text": "Away."}, {"text": "Away.", "until": "2026-11-30"}])
def test_hub_side_python_is_told_what_to_say_and_until_when(said: dict[str, str]) -> None:
    expected = {"jupyterhub": {"custom": {"deployer": {"announcement": said}}}}
    assert asked(f"features: {{announcement: {said}}}") == expected
