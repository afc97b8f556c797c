"""Where clusters are, and which Kubernetes they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from deployer.fleet.build import NEWEST_KUBERNETES
from deployer.fleet.rules.providers import KNOWN_MINORS
from deployer.rules.manifests.schemas import known_versions

if TYPE_CHECKING:
    from pathlib import Path


def test_the_known_versions_are_those_that_the_chart_takes_and_whose_api_is_at_hand(repository: Path) -> None:
    chart = yaml.safe_load((repository / "helm-charts/basehub/Chart.yaml").read_text())
    assert chart["kubeVersion"] == f">=1.{KNOWN_MINORS[0]}.0-0"
    assert set(KNOWN_MINORS) <= set(known_versions())
    assert KNOWN_MINORS[-1] == known_versions()[-1]
    assert int(NEWEST_KUBERNETES.removeprefix("1.")) in KNOWN_MINORS
