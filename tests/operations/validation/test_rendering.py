"""What Helm is asked for: each thing once, as long as nothing changes that it depends on."""

from __future__ import annotations

import os
import shutil
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deployer.operations.validation.validate import validate
from deployer.tools.process import programs
from tests.operations.making import Fleet

if TYPE_CHECKING:
    from deployer.operations.validation.report import Report
    from deployer.session import Session

pytestmark = pytest.mark.integration

SECRET = "marker-of-a-secret"
NAMES = ("one", "two", "three")
TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Values.name }}"}
data: {values: {{ omit .Values "global" | toJson | quote }}}
"""


class Runs:
    """Validates a fleet, and knows which hubs Helm rendered."""

    def __init__(self, session: Session, root: Path) -> None:
        self.said: list[str] = []
        self.session = replace(session, trace=self.said.append)
        self.root = root

    def report(self, **options: Any) -> Report:
        return validate(self.session, self.root, **options)

    def rendered(self, **options: Any) -> list[str]:
        """Return the hubs that were rendered."""
        self.said.clear()
        self.report(**options)
        return sorted(self.asked())

    def asked(self) -> list[str]:
        calls = (line.split() for line in self.said)
        return [words[3] for words in calls if words[2] == "template"]


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """Three hubs that share a file and have one of their own."""
    fleet = Fleet(tmp_path)
    fleet.chart(template=TEMPLATE)
    (fleet.root / "config/clusters/campus/research.values.yaml").unlink()
    for name in NAMES:
        fleet.write(f"config/clusters/campus/{name}.values.yaml", f"jupyterhub:\n  name: {name}\n")
    fleet.write("config/clusters/campus/shared.values.yaml", "jupyterhub: {a: 1}\n")
    fleet.cluster("campus", **{name: f"shared.values.yaml, {name}.values.yaml" for name in NAMES})
    return fleet


@pytest.fixture
def runs(session: Session, fleet: Fleet, repository: Path) -> Runs:
    tools = repository / ".tools/bin"
    if not (tools / "helm").exists():
        pytest.skip("not built: .tools/bin/helm")
    session = replace(session, environ=dict(os.environ), tools=(tools,), chart_mirror=fleet.mirror)
    return Runs(session, fleet.root)


def test_a_hub_is_rendered_once(runs: Runs) -> None:
    assert runs.rendered() == sorted(NAMES)
    assert runs.rendered() == []
    assert runs.rendered(cluster="campus", hubs=["two"]) == []
    assert runs.rendered(cached=False) == sorted(NAMES)


def test_an_edit_renders_the_hubs_that_it_reaches(runs: Runs, fleet: Fleet) -> None:
    runs.report()
    fleet.write("config/clusters/campus/two.values.yaml", "jupyterhub: {name: other}\n")
    assert runs.rendered() == ["two"]
    fleet.write("config/clusters/campus/shared.values.yaml", "jupyterhub: {a: 2}\n")
    assert runs.rendered() == sorted(NAMES)
    fleet.write("config/clusters/campus/shared.values.yaml", "jupyterhub: {a: 1}\n")
    assert runs.rendered() == []


def test_a_comment_renders_nothing_but_moves_what_was_found(runs: Runs, fleet: Fleet) -> None:
    file = "config/clusters/campus/two.values.yaml"
    fleet.write(file, "jupyterhub:\n  name: No Name\n")
    before = [problem for problem in runs.report().problems if problem.path == file]
    fleet.write(file, "# A comment\njupyterhub:\n  # Another\n  name: No Name\n")
    assert runs.rendered() == []
    assert [problem.line for problem in before] == [2]
    assert [problem for problem in runs.report().problems if problem.path == file] == [
        replace(problem, line=4) for problem in before
    ]


def test_another_kubernetes_renders_anew(runs: Runs, fleet: Fleet) -> None:
    runs.report()
    file = fleet.root / "config/clusters/campus/cluster.yaml"
    file.write_text(f'kubernetes_version: "1.33"\n{file.read_text()}')
    assert runs.rendered() == sorted(NAMES)


def test_another_package_renders_anew(runs: Runs, fleet: Fleet) -> None:
    runs.report()
    fleet.chart(template=f"{TEMPLATE}# a comment\n")
    assert runs.rendered() == sorted(NAMES)


def test_another_helm_renders_anew(runs: Runs, repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "tools"
    other.mkdir()
    shutil.copy(repository / ".tools/bin/helm", other / "helm")
    runs.report()
    runs.session = replace(runs.session, tools=(other,))
    assert runs.rendered() == sorted(NAMES)
    assert runs.rendered() == []
    os.utime(other / "helm", (1, 1))
    assert runs.rendered() == sorted(NAMES)


def test_what_helm_refuses_is_asked_again(runs: Runs, fleet: Fleet) -> None:
    """It may be the machine's fault."""
    fleet.chart(template='{{ fail "no" }}')
    first = runs.report()
    assert runs.rendered() == sorted(NAMES)
    assert runs.report() == first
    assert first.errors == 3


def test_damage_changes_nothing(runs: Runs) -> None:
    first = runs.report()
    entries = [path for path in (runs.session.cache / "validate").rglob("*") if path.is_file()]
    assert len(entries) == 3 * len(NAMES)
    for path in entries:
        path.write_bytes(path.read_bytes()[:-5])
    assert runs.report() == first
    assert runs.rendered() == []


def test_a_disk_that_takes_nothing_changes_nothing(runs: Runs) -> None:
    """Writes of more than a few bytes fail, as on a full disk; the charts are there already."""
    if programs(runs.session).find("prlimit") is None:
        pytest.skip("not installed: prlimit")
    runs.report(render=False)
    shutil.rmtree(runs.session.cache / "validate")
    deployer = Path(sys.executable).with_name("deployer")
    argv = ["prlimit", "--fsize=50", deployer, "--root", runs.root, "validate"]
    environ = {
        "DEPLOYER_CACHE": str(runs.session.cache),
        "DEPLOYER_CHART_MIRROR": str(runs.session.chart_mirror),
        "DEPLOYER_TOOLS": str(runs.session.tools[0]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    result = programs(runs.session).run(list(map(str, argv)), env=environ, check=False)
    assert (result.returncode, result.stdout) == (0, "")
    assert not [path for path in (runs.session.cache / "validate").rglob("*") if path.is_file()]


def test_many_runs_at_once_find_the_same(runs: Runs) -> None:
    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(lambda _: runs.report(), range(4))
    assert others == [first] * 3
    assert runs.rendered() == []


def test_nothing_encrypted_or_of_ours_is_in_the_cache(runs: Runs, fleet: Fleet) -> None:
    encrypted = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"
    file = "enc-two.secret.values.yaml"
    text = f"jupyterhub: {{token: '{encrypted}'}}\nsops: {{version: 3.9.0}}\n"
    fleet.write(f"config/clusters/campus/{file}", text)
    fleet.cluster("campus", two=f"two.values.yaml, {file}")
    runs.session = replace(runs.session, environ={**runs.session.environ, "AWS_SECRET_ACCESS_KEY": SECRET})
    runs.report()
    entries = [path for path in (runs.session.cache / "validate").rglob("*") if path.is_file()]
    text = b"".join(zlib.decompress(path.read_bytes()) for path in entries).decode()
    assert "unknown-jupyterhub.token" in text
    assert SECRET not in text
    assert "ENC[" not in text
