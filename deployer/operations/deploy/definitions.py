"""Definitions of resources, which a release needs before it: applied by the server, and never removed.

Helm installs the ones in a chart's `crds` once and upgrades none. It takes those in templates away with the
release, and every object of theirs with them: all certificates of a cluster, for example.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from deployer.errors import DeployerError
from deployer.fleet.manifests import objects
from deployer.operations.deploy import gateway_api
from deployer.operations.deploy.package_versions import PACKAGE, is_newer
from deployer.operations.render import manifests, with_values
from deployer.progress import step
from deployer.tools.kubernetes import Conflict, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deployer.operations.deploy.upgrade import Upgrade
    from deployer.operations.render import Rendered
    from deployer.session import Session
    from deployer.tools.helm import Helm
    from deployer.tools.kubernetes import Api

KIND = "CustomResourceDefinition"
_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_MANAGER = "deployer"
_IN_TEMPLATES = {"cert-manager": {"crds": {"enabled": True}}}
"""Values with which packages render their definitions; in the release itself they are off."""
_PATIENCE = 60.0
_ASK_EVERY = 0.5


def apply(work: Upgrade, wanted: Rendered) -> None:
    """Apply the definitions that the packages of a chart bring, where it keeps them apart, and see them work.

    Raises:
        DeployerError: the cluster refuses one, or does not serve it after a minute.
    """
    of_gateway_api = gateway_api.definitions(work, wanted, path=_PATH, manager=_MANAGER)
    found = (*definitions(work.session, work.helm, wanted), *of_gateway_api)
    if not found:
        return
    api = work.connection.api
    with step(work.session.progress, work.owner.name, "define resources"):
        for each in found:
            work.session.interruption.check()
            _apply(work, each)
        names = [str(each["metadata"]["name"]) for each in found]
        deadline = time.monotonic() + _PATIENCE
        while waiting := [name for name in names if not _served(there(api, name))]:
            if time.monotonic() > deadline:
                raise DeployerError(f"not served after {_PATIENCE:g} s: {', '.join(waiting)}")
            work.session.interruption.sleep(_ASK_EVERY)


def definitions(session: Session, helm: Helm, wanted: Rendered) -> Iterator[dict[str, Any]]:
    """Yield what is to be defined: files that were taken out of the chart, and what its templates make."""
    versions = {package.name: package.version for package in wanted.chart.packages}
    for package, file in wanted.chart.definitions:
        yield from _of(file.read_text(encoding="utf-8"), package, versions)
    for name, asked in _IN_TEMPLATES.items():
        if name in versions:
            values = with_values(wanted, {name: asked})
            yield from _of(manifests(session, wanted, helm=helm, values=values), name, versions)


def there(api: Api, name: str) -> dict[str, Any] | None:
    """Return a definition as the cluster has it."""
    try:
        return api.get(f"{_PATH}/{name}")
    except NotFound:
        return None


def _apply(work: Upgrade, wanted: dict[str, Any]) -> None:
    api, name = work.connection.api, str(wanted["metadata"]["name"])
    known = there(api, name)
    if known and is_newer(known, wanted):
        work.note(f"the cluster has a newer definition of {name}: left as it is")
        return
    path = f"{_PATH}/{name}"
    try:
        api.apply(path, wanted, manager=_MANAGER, force=False)
    except Conflict as error:
        others = ", ".join(sorted(set(re.findall(r'with "([^"]+)"', error.message)))) or "somebody else"
        work.note(f"the definition of {name} was written by {others}: ours takes its place")
        api.apply(path, wanted, manager=_MANAGER)


def _of(text: str, package: str, versions: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the definitions in a text, with the package that they are of."""
    stamp = {PACKAGE: f"{package} {versions[package]}"} if package in versions else {}
    for each in objects(text):
        if each.get("kind") == KIND:
            metadata = each["metadata"]
            annotations = {**(metadata.get("annotations") or {}), **stamp}
            yield {**each, "metadata": {**metadata, "annotations": annotations}}


def _served(definition: dict[str, Any] | None) -> bool:
    conditions = (definition or {}).get("status", {}).get("conditions") or ()
    return any(each["type"] == "Established" and each["status"] == "True" for each in conditions)
