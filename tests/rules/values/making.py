"""A hub's values as the rules see them: files of a test over the real defaults."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import yaml

from deployer.charts.assemble import PreparedChart
from deployer.charts.chart import find_chart
from deployer.charts.package import Package
from deployer.fleet import documents
from deployer.fleet.features import Speaker, features
from deployer.fleet.model import Fleet, HealthCheck, Preset, ValuesFile
from deployer.render.merge import for_helm, merge
from deployer.render.values import host, layers
from deployer.rules.subjects import HubValues
from tests.charts.making import HERE as CHARTS
from tests.render import fleets

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from deployer.fleet.rule import Rule

ENCRYPTED = fleets.ENCRYPTED
OUR_PYTHON = "allow_all = client_id = client_secret = profile_list = (\n"
DEFAULTS = yaml.safe_load((CHARTS / "jupyterhub/values.yaml").read_text())
HOME_NFS = {"enabled": False, "quotaEnforcer": {"config": {"QuotaManager": {"hard_quota": 10}}}}
PACKAGES = tuple(
    Package(name=name, version="1.0.0", defaults=defaults, schema=None)
    for name, defaults in {"jupyterhub": DEFAULTS, "jupyterhub-home-nfs": HOME_NFS}.items()
)


class Making:
    """Makes a hub of YAML texts: its files, weakest first, in the directory `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(
        self,
        *texts: str,
        provider: str = "gcp",
        cluster: str = "{}",
        preset: str | None = None,
        health: HealthCheck | None = None,
        asking: str = "{}",
    ) -> HubValues:
        """Return the hub; `cluster` is cluster.yaml as text, `asking` has the hub's `auth` and `features`."""
        document = self._document("cluster.yaml", cluster)
        presets = [] if preset is None else [self._document("preset.yaml", preset)]
        hub = fleets.hub(
            *(self._file(f"{i}.yaml", text) for i, text in enumerate(texts, start=1)),
            presets=tuple(Preset(name="one", description="One", document=each) for each in presets),
            health=health or HealthCheck(),
            document=document,
            at=("hubs", 0),
            features=features([Speaker(document=self._document("asking.yaml", asking))]),
        )
        where = fleets.cluster(provider, hub, document=document)
        defaults = find_chart(self.root, hub.chart).defaults
        merged = merge(layers(where, hub, defaults, hub_python={"ours.py": OUR_PYTHON}))
        return HubValues(
            fleet=Fleet(root=self.root, clusters=(where,)),
            cluster=where,
            owner=hub,
            host=host(merged.values, hub.domain),
            chart=PreparedChart(path=self.root, packages=PACKAGES),
            merged=merged,
            handed=for_helm(merged, {package.name: package.defaults for package in PACKAGES}),
        )

    def _file(self, name: str, text: str) -> ValuesFile:
        document = self._document(name, text)
        return ValuesFile(name=name, path=document.path, document=document, encrypted=document.encrypted)

    def _document(self, name: str, text: str) -> documents.Document:
        path = self.root / name
        path.write_text(dedent(text))
        return documents.read(path, root=self.root)


def found(rules: Rule[HubValues] | Iterable[Rule[HubValues]], release: HubValues) -> list[str]:
    """Return what rules find, as `file:line:column: message`; values files are called by their number."""
    listed: Any = rules if isinstance(rules, list | tuple) else (rules,)
    problems = sorted(problem for rule in listed for problem in rule.problems(release))
    return [
        f"{each.path.removesuffix('.yaml')}:{each.line}:{each.column}: {each.message}" for each in problems
    ]
