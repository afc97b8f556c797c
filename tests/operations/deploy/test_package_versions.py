"""Which of two definitions of a resource is the newer one."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.operations.deploy.package_versions import is_newer


def definition(*versions: str, package: str = "", label: str = "") -> dict[str, Any]:
    annotations = {"deployer.dev/package": package} if package else {}
    labels = {"app.kubernetes.io/version": label} if label else {}
    return {
        "metadata": {"annotations": annotations, "labels": labels},
        "spec": {"versions": [{"name": each} for each in versions]},
    }


@pytest.mark.parametrize(
    ("there", "ours", "newer"),
    [
        ("traefik 41.3.0", "traefik 41.3.0", False),
        ("traefik 41.10.0", "traefik 41.3.0", True),
        ("traefik 40.0.0", "traefik 41.3.0", False),
        ("cert-manager v1.22.0", "cert-manager v1.21.1", True),
        ("cert-manager v1.21.1", "cert-manager v1.22.0-beta.0", False),
    ],
)
def test_a_newer_package_has_newer_definitions(there: str, ours: str, *, newer: bool) -> None:
    assert is_newer(definition("v1", package=there), definition("v1", package=ours)) == newer


def test_a_packages_own_label_counts_where_no_deploy_of_ours_wrote_one() -> None:
    ours = definition("v1", package="cert-manager v1.21.1", label="v1.21.1")
    assert is_newer(definition("v1", label="v1.22.0"), ours)
    assert not is_newer(definition("v1", label="v1.20.0"), ours)


@pytest.mark.parametrize(
    ("there", "ours", "newer"),
    [
        (("v1",), ("v1",), False),
        (("v1", "v2"), ("v1",), True),
        (("v1",), ("v1beta1",), True),
        (("v1beta2",), ("v1",), False),
        (("v1beta2",), ("v1beta1",), True),
        (("v1alpha1",), ("v1alpha1", "v1"), False),
        (("v10",), ("v9",), True),
        (("odd",), ("v1",), False),
    ],
)
def test_else_the_newest_version_of_the_api_tells(
    there: tuple[str, ...], ours: tuple[str, ...], *, newer: bool
) -> None:
    assert is_newer(definition(*there), definition(*ours, package="doors 1.0.0")) == newer
