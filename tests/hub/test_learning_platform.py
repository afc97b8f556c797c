"""People whom a learning platform sends to a real JupyterHub, with the real LTI13Authenticator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from tests.hub.features import values
from tests.hub.learning_platform import learning_platform
from tests.hub.running_hub import running_hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hub.learning_platform import Platform
    from tests.hub.running_hub import RunningHub

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with learning_platform() as running:
        yield running


@pytest.fixture(scope="module")
def hub(
    platform: Platform, tmp_path_factory: pytest.TempPathFactory, repository: Path
) -> Iterator[RunningHub]:
    """A hub with two registrations at one platform."""
    asked = f"""
    auth:
      type: lti13
      issuer: {platform.url}
      authorize_url: {platform.url}/authorize
      jwks_url: {platform.url}/keys
      client_ids: [physics, biology]
    """
    with running_hub(tmp_path_factory.mktemp("hub"), values(repository, asked)) as running:
        yield running


@pytest.mark.parametrize("client_id", ["physics", "biology"])
def test_people_come_by_each_registration_of_the_platform(
    hub: RunningHub, platform: Platform, client_id: str
) -> None:
    answer = platform.launch(hub, client_id, email=f"ada@{client_id}.example.edu")
    assert (answer.status_code, "jupyterhub-session-id" in answer.cookies) == (302, True), answer.text


def test_a_registration_that_is_not_listed_is_none(hub: RunningHub, platform: Platform) -> None:
    assert platform.launch(hub, "chemistry", email="ada@example.edu").status_code == 401


def test_a_second_platform_cannot_send_people(hub: RunningHub, platform: Platform) -> None:
    """Its people are sent to log in at the first, and neither its name nor its key is taken."""
    with learning_platform() as second:
        with requests.Session() as browser:
            assert second.asked(hub, browser, "physics")[0] == f"{platform.url}/authorize"
        assert second.launch(hub, "physics", email="ada@example.edu").status_code == 400
        assert second.launch(hub, "physics", iss=platform.url, email="ada@example.edu").status_code == 400
    named = platform.launch(hub, "physics", iss=second.url, email="ada@example.edu")
    assert named.status_code == 400
