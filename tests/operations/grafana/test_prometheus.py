"""Whether and where the Prometheus of a cluster is asked from outside. Nothing is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from deployer.errors import DeployerError
from deployer.fleet.load import load_fleet
from deployer.operations.charts_at_hand import Charts
from deployer.operations.grafana.prometheus import NotShown, Prometheus, prometheus
from tests.operations.grafana.making import PASSWORD, make, shown

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session


def found(session: Session, root: Path, *, decrypt: bool = True, **changed: str) -> Prometheus:
    """Return what is found with values of which some keys are others."""
    values = yaml.safe_load(shown("alps"))
    ingress = values["prometheus"]["server"]["ingress"]
    for key, value in changed.items():
        owner = ingress if key in ("enabled", "hosts", "tls", "path") else values
        owner[key] = yaml.safe_load(value)
    fleet = load_fleet(make(root, "", alps=yaml.safe_dump(values)))
    charts = Charts(session=session, root=fleet.root, download=False)
    return prometheus(session, charts, fleet.clusters[0], decrypt=decrypt)


def test_it_is_found_with_the_name_and_the_password_that_it_wants(session: Session, tmp_path: Path) -> None:
    assert found(session, tmp_path) == Prometheus(
        url="https://prometheus.alps.example.org", username="reader", password=PASSWORD
    )
    assert PASSWORD not in repr(found(session, tmp_path))


def test_the_path_of_its_ingress_belongs_to_its_address(session: Session, tmp_path: Path) -> None:
    two = "[metrics.example.org/unused, other.example.org]"
    assert found(session, tmp_path, hosts=two, path="/alps/").url == "https://metrics.example.org/alps"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"prometheus": "{enabled: false}"}, "`prometheus.enabled` is not true"),
        ({"enabled": "false"}, "`prometheus.server.ingress.enabled` is not true"),
        ({"hosts": "[]"}, "`prometheus.server.ingress.hosts` names no host"),
        ({"tls": "[]"}, "`prometheus.server.ingress.tls` is empty"),
        ({"prometheusAuthSecret": "{username: reader}"}, "`prometheusAuthSecret` has no name and password"),
        (
            {"prometheusAuthSecret": "{username: x, password: y}"},
            "basic_auth_users` has no hash for the name",
        ),
    ],
)
def test_what_keeps_it_from_being_asked_is_told(
    session: Session, tmp_path: Path, changed: dict[str, str], reason: str
) -> None:
    with pytest.raises(NotShown) as caught:
        found(session, tmp_path, decrypt=True, **changed)
    assert reason in caught.value.message
    assert "docs/support.md" in str(caught.value.hint)


def test_one_that_everybody_could_ask_is_not_shown(session: Session, tmp_path: Path) -> None:
    """There is a password, but nothing that Prometheus would hold it against."""
    ingress = {"enabled": True, "hosts": ["p.example.org"], "tls": [{"secretName": "p"}]}
    with pytest.raises(NotShown, match="everybody may ask it"):
        found(session, tmp_path, decrypt=False, prometheus=yaml.safe_dump({"server": {"ingress": ingress}}))


def test_the_cluster_on_this_machine_shows_nothing(session: Session, repository: Path) -> None:
    fleet = load_fleet(repository, only="local")
    charts = Charts(session=session, root=fleet.root, download=False)
    with pytest.raises(DeployerError, match="its Prometheus is not shown"):
        prometheus(session, charts, fleet.clusters[0], decrypt=False)
