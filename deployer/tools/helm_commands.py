"""Helm's argument lists, for both majors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.tools.helm import Helm

# A bound for the worst case only. Helm's own pruning does not know which revisions proved good; a deploy
# prunes by itself, and keeps those.
_HISTORY_MAX = 100
# Without a cluster, Helm knows groups and no kinds. A chart that looks for this one would write the form that
# Kubernetes gave up in 1.25.
_SERVED = ("policy/v1/PodDisruptionBudget",)


def template_argv(
    helm: Helm, chart: Path, *, release: str, namespace: str, kube_version: str
) -> tuple[str, ...]:
    """Return the command that renders a chart: with its custom resources, as an installation has them."""
    return (
        *(str(helm.program), "template", release, str(chart)),
        *("--namespace", namespace, "--kube-version", kube_version, "--include-crds", "--values", "-"),
        *("--api-versions", ",".join(_SERVED)),
    )


def upgrade_argv(
    helm: Helm, chart: Path, *, release: str, namespace: str, timeout: float, description: str
) -> tuple[str, ...]:
    """Return the command that installs or upgrades a release."""
    return (
        *(str(helm.program), "upgrade", release, str(chart), "--install", "--create-namespace"),
        *("--namespace", namespace, "--values", "-", "--description", description),
        *_writing(helm, timeout),
    )


def history_argv(helm: Helm, release: str, *, namespace: str) -> tuple[str, ...]:
    """Return the command that lists the revisions of a release."""
    return (str(helm.program), "history", release, "--namespace", namespace, "--output", "json")


def rollback_argv(
    helm: Helm, release: str, revision: int, *, namespace: str, timeout: float
) -> tuple[str, ...]:
    """Return the command that goes back to a revision."""
    argv = (str(helm.program), "rollback", release, str(revision), "--namespace", namespace)
    return (*argv, *_writing(helm, timeout))


def pull_argv(helm: Helm, name: str, version: str, repository: str, destination: Path) -> tuple[str, ...]:
    """Return the command that downloads a chart's package from a repository or an OCI registry."""
    pull = (str(helm.program), "pull")
    options = ("--version", version, "--destination", str(destination))
    if repository.startswith("oci://"):
        return (*pull, f"{repository.rstrip('/')}/{name}", *options)
    return (*pull, name, "--repo", repository, *options)


def _writing(helm: Helm, timeout: float) -> tuple[str, ...]:
    """Return the options of a command that changes a release.

    Helm 3 waits for hooks when not told otherwise; Helm 4 is told so. Objects are patched by the client on
    both majors: a release keeps one method whichever Helm an operator or CI has, and a field that somebody
    changed by hand (`kubectl scale`) is set again instead of failing the upgrade with a conflict.
    """
    common = ("--timeout", f"{math.ceil(timeout)}s", "--history-max", str(_HISTORY_MAX))
    if helm.major == 3:
        return common
    # Helm 4.0 has the strategy, but takes its name only as the absence of another one.
    wait = "hookOnly" if helm.version >= (4, 1, 0) else "false"
    return (*common, f"--wait={wait}", "--server-side=false")
