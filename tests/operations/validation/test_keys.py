"""What names findings: everything that rules may see, and all that sees it."""

from __future__ import annotations

import os
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import pytest

from deployer.fleet.documents import Document
from deployer.fleet.load import load, load_fleet
from deployer.operations.validation.cache import Cache
from deployer.operations.validation.findings import HubFindings
from deployer.operations.validation.keys import documents_of, program
from deployer.operations.validation.work import Work
from deployer.rules.baseline import NOTHING_KNOWN
from deployer.rules.own.load import OwnRules
from tests.operations.validation.edits import TELLING, edit, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deployer.session import Session


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name in ("package/a.py", "package/below/b.json", "place/one-1.0.dist-info/METADATA"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(name)
    return tmp_path / "package"


def test_the_program_is_another_when_a_file_or_a_package_is(package: Path) -> None:
    place = package.parent / "place"
    places = [str(place), str(package.parent / "nowhere")]
    known = {program(package, places)}
    for change in (
        lambda: (package / "a.py").write_text("other"),
        lambda: (package / "a.py").rename(package / "c.py"),
        lambda: (package / "below/b.json").write_text("{}"),
        lambda: (package / "d.py").write_text(""),
        lambda: (place / "one-1.0.dist-info").rename(place / "one-1.1.dist-info"),
        (place / "two-1.0.dist-info").mkdir,
    ):
        change()
        now = program(package, places)
        assert now not in known
        known.add(now)


def test_the_program_is_the_same_whatever_its_date_and_bytecode(package: Path) -> None:
    before = program(package, [])
    os.utime(package / "a.py", (1, 1))
    (package / "__pycache__").mkdir()
    (package / "__pycache__/a.cpython-311.pyc").write_text("")
    assert program(package, []) == before


def reached(value: Any) -> Iterator[Document]:
    """Yield the documents that a value of the model leads to."""
    if isinstance(value, Document):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from reached(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from reached(getattr(value, each.name))


@pytest.mark.parametrize("fleet", ["golden/fleet", "examples/valid/every-key", "examples/valid/daskhub"])
def test_every_document_of_a_cluster_counts(repository: Path, fleet: str) -> None:
    """A new kind of file in the model has to be one that findings depend on."""
    for cluster in load_fleet(repository / "tests" / fleet).clusters:
        names = {document.name for document in reached(cluster)}
        assert names == {document.name for document in documents_of(cluster)}
        assert all(document.digest for document in documents_of(cluster) if document.data)


@pytest.mark.parametrize(
    "file", ["helm-charts/basehub/values.yaml", "../mirror/jupyterhub/templates/objects.yaml", None]
)
def test_what_was_found_while_a_chart_was_edited_is_not_kept(
    session: Session, tmp_path: Path, file: str | None
) -> None:
    root = start(tmp_path)
    fleet, _ = load(root)
    session = type(session)(
        environ={}, cache=session.cache, state=session.state, chart_mirror=tmp_path / "mirror"
    )
    cache = Cache(directory=session.cache / "validate")
    work = Work(
        session=session, fleet=fleet, baseline=NOTHING_KNOWN, own=OwnRules(), render=False, cache=cache
    )
    HubFindings(work=work, cluster=fleet.clusters[0], hub=fleet.clusters[0].hubs[0]).in_values()
    if file:
        edit(root, (file, f"# edited\n{TELLING}"))
    work.finish()
    assert len(list(cache.directory.glob("*/*"))) == (0 if file else 1)
