from __future__ import annotations

import pytest

from tests.render.features.asking import asked


@pytest.mark.parametrize(
    ("provider", "bucket", "expected"),
    [
        ("aws", "campus-scratch", "s3://campus-scratch/$(JUPYTERHUB_USER)"),
        ("kubeconfig", "campus-scratch", "s3://campus-scratch/$(JUPYTERHUB_USER)"),
        ("gcp", "campus-scratch", "gs://campus-scratch/$(JUPYTERHUB_USER)"),
        ("azure", "campus/scratch", "abfs://scratch@campus.dfs.core.windows.net/$(JUPYTERHUB_USER)"),
    ],
)
def test_everybody_has_a_part_of_their_own(provider: str, bucket: str, expected: str) -> None:
    for kind, names in (
        ("scratch", ["SCRATCH_BUCKET", "PANGEO_SCRATCH"]),
        ("persistent", ["PERSISTENT_BUCKET"]),
    ):
        values = asked(f"features: {{buckets: {{{kind}: {bucket}}}}}", provider=provider)
        environment = dict.fromkeys(names, expected)
        assert values == {"jupyterhub": {"singleuser": {"extraEnv": environment}}}


@pytest.mark.parametrize(
    ("provider", "expected"),
    [("gcp", {"GS_USER_PROJECT": "project"}), ("aws", {"AWS_REQUEST_PAYER": "requester"})],
)
def test_who_pays_is_in_the_environment_too(provider: str, expected: dict[str, str]) -> None:
    values = asked("features: {buckets: {requester_pays: true}}", provider=provider)
    assert values == {"jupyterhub": {"singleuser": {"extraEnv": expected}}}


def test_nothing_that_is_said_sets_nothing() -> None:
    assert asked("features: {buckets: {requester_pays: false}}") == {}
