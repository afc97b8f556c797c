"""What Terraform gets for example clusters of each cloud.

After an intended change: `pytest tests/render/tfvars/test_golden.py --update-golden`, and read the
difference.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.infra.offline import variables

if TYPE_CHECKING:
    from tests.golden.comparison import Golden

INFRA = Path(__file__).parents[2] / "infra"
CLUSTERS = sorted(INFRA.glob("*/clusters/*/cluster.yaml"))


def test_each_cloud_has_a_small_and_a_rich_cluster() -> None:
    found = {"-".join(path.parts[-4:-1:2]) for path in CLUSTERS}
    assert found >= {f"{cloud}-{size}" for cloud in ("aws", "azure", "gcp") for size in ("rich", "small")}


@pytest.mark.parametrize("cluster", CLUSTERS, ids=lambda path: "-".join(path.parts[-4:-1:2]))
def test_the_variables_are_what_they_were(cluster: Path, tmp_path: Path, golden: Golden) -> None:
    text = json.dumps(variables(cluster, tmp_path), indent=2, sort_keys=True)
    golden.check(cluster.with_name("tfvars.json"), f"{text}\n")
