from __future__ import annotations

from typing import Any

import pytest

from tests.render.features.asking import asked


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("servers: 50", {"hub": {"activeServerLimit": 50}}),
        ("starting: 200", {"hub": {"concurrentSpawnLimit": 200}}),
        ("named_servers: 0", {"hub": {"allowNamedServers": False, "namedServerLimitPerUser": 0}}),
        ("named_servers: 3", {"hub": {"allowNamedServers": True, "namedServerLimitPerUser": 3}}),
        (
            "memory: {guaranteed: 0.5, most: 2}",
            {"singleuser": {"memory": {"guarantee": "0.5G", "limit": "2G"}}},
        ),
        ("cpu: {guaranteed: 0.1}", {"singleuser": {"cpu": {"guarantee": 0.1}}}),
        ("memory: {}, cpu: {most: 2}", {"singleuser": {"cpu": {"limit": 2}}}),
    ],
)
def test_only_what_is_said_is_limited(settings: str, expected: dict[str, Any]) -> None:
    assert asked(f"features: {{limits: {{{settings}}}}}") == {"jupyterhub": expected}
