"""How backends say that the place for the state is not there, and what makes it on each cloud.

The words are from the sources of OpenTofu 1.12 and Terraform 1.11 and of the clouds' libraries in them.
"""

from __future__ import annotations

import pytest

from deployer.operations.infra.failures import has_no_place
from deployer.tools.process import ProgramFailed, Result


def failed(said: str) -> ProgramFailed:
    return ProgramFailed(Result(argv=("tofu", "init"), returncode=1, stdout="", stderr=said))


@pytest.mark.parametrize(
    "said",
    [
        "Error: Failed to get existing workspaces: S3 bucket does not exist.",
        'S3 bucket "deployer-state-1"\n│ does not exist.',
        "operation error S3: ListObjectsV2, api error NoSuchBucket: The specified bucket does not exist",
        "querying Cloud Storage failed: storage: bucket\n│ doesn't exist",
        "error listing blobs: GET https://x.blob.core.windows.net/state\nERROR CODE: ContainerNotFound",
        "getting Storage Account: unexpected status 404 with error: ResourceNotFound: The Resource 'x'",
        "ResourceGroupNotFound: Resource group 'deployer-state' could not be found.",
        "dial tcp: lookup deployerstate1.blob.core.windows.net on 10.0.0.2:53: no such host",
        "dial tcp: lookup deployerstate1.blob.core.windows.net: no such host",
    ],
)
def test_a_place_that_is_not_there_is_known_on_each_cloud(said: str) -> None:
    assert has_no_place(failed(said))


@pytest.mark.parametrize(
    "said",
    [
        "api error AccessDenied: Access Denied",
        "dial tcp: lookup login.microsoftonline.com: no such host",
        "AuthorizationPermissionMismatch: This request is not authorized",
        "Error: Reference to undeclared resource: it does not exist",
    ],
)
def test_another_failure_is_not_taken_for_it(said: str) -> None:
    assert not has_no_place(failed(said))
