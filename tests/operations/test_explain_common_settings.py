"""Which settings hubs share, and which stay where they are: every hub keeps its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.charts.making import write_mirror
from tests.operations.common_fleets import LARGE, hubs_of, propose, texts, written
from tests.operations.explain_fleets import ENCRYPTED, SOPS, with_mirror, write_fleet

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.operations.explain.sharing import Sharing
    from deployer.session import Session


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    return with_mirror(session, write_mirror(tmp_path / "mirror"))


A = """\
# yaml-language-server: $schema=../values.schema.json
# The hub of the first course.
jupyterhub:
  singleuser:
    # Notebooks of this course are large.
    memory:
      limit: 4G   # and no more
      # What a kernel takes.
      guarantee: 1G
    extraEnv: {ONE: "1", COURSE: a}
  hub:
    config:
      JupyterHub:
        authenticator_class: github
    allowNamedServers: true
  # Who sleeps is culled.
  cull:
    # An afternoon:
    # longer than a lesson.
    timeout: 14400
    every: 300  # seconds
    users: false
    # Nothing more.
"""
B = """\
jupyterhub:
  hub:
    config:
      JupyterHub: {authenticator_class: github}
    allowNamedServers: true
  singleuser:
    memory:
      guarantee: 1G
      limit: 2G
    extraEnv:
      ONE: "1"
      COURSE: b
  cull:
    every: 300
    timeout: 14400  # longer than a lesson
    users: false
"""


def test_hubs_share_a_file_that_is_listed_first_and_nothing_else_changes(
    session: Session, tmp_path: Path
) -> None:
    files = {"a.values.yaml": A, "b.values.yaml": B}
    root = write_fleet(tmp_path / "fleet", {"a": "a.values.yaml", "b": "b.values.yaml"}, files)
    cluster = (root / "config/clusters/sea/cluster.yaml").read_text()
    found = written(session, root)
    assert found.found is not None
    assert (found.same, found.found.saved, found.at_least) == (2, 7, 2)
    assert list(found.shares.values()) == [(9, 7), (9, 7)]
    assert texts(root) == {
        "a.values.yaml": """\
# yaml-language-server: $schema=../values.schema.json
# The hub of the first course.
jupyterhub:
  singleuser:
    # Notebooks of this course are large.
    memory:
      limit: 4G   # and no more
    extraEnv: {COURSE: a}
  # Who sleeps is culled.
    # Nothing more.
""",
        "b.values.yaml": """\
jupyterhub:
  singleuser:
    memory:
      limit: 2G
    extraEnv:
      COURSE: b
""",
        "cluster.yaml": cluster.replace("  - a.values", "  - shared.values.yaml\n  - a.values").replace(
            "  - b.values", "  - shared.values.yaml\n  - b.values"
        ),
        "shared.values.yaml": """\
# yaml-language-server: $schema=../values.schema.json
# What a and b have in common.
jupyterhub:
  cull:
    # seconds
    every: 300
    # An afternoon:
    # longer than a lesson.
    # longer than a lesson
    timeout: 14400
    users: false
  hub:
    allowNamedServers: true
    config:
      JupyterHub:
        authenticator_class: github
  singleuser:
    extraEnv:
      ONE: "1"
    memory:
      # What a kernel takes.
      guarantee: 1G
""",
    }


def settings_of(found: Sharing) -> dict[str, Any]:
    assert found.found is not None
    return {str(each.at[-1]): each.value for each in found.found.settings}


def test_a_hub_that_says_something_else_keeps_it(session: Session, tmp_path: Path) -> None:
    files = {
        "a.values.yaml": LARGE.replace("OWN", "own: 1"),
        "b.values.yaml": LARGE.replace("OWN", "own: 1"),
        "c.values.yaml": LARGE.replace("OWN", "own: 2"),
    }
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b", "c"), files)
    found = written(session, root)
    assert settings_of(found)["own"] == 1
    assert texts(root)["c.values.yaml"] == "jupyterhub: {custom: {own: 2}}\n"
    assert found.new is not None
    assert found.new.emptied == ("config/clusters/sea/a.values.yaml", "config/clusters/sea/b.values.yaml")


def test_a_hub_that_has_nothing_there_is_left_out_or_the_setting_is(session: Session, tmp_path: Path) -> None:
    files = {
        "a.values.yaml": LARGE.replace("OWN", "own: 1"),
        "b.values.yaml": LARGE.replace("OWN", "own: 1"),
        "c.values.yaml": LARGE.replace("OWN", "more: 1"),
    }
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b", "c"), files)
    assert "own" not in settings_of(propose(session, root))
    assert "own" in settings_of(propose(session, root, at_least=2)) or propose(session, root).found


def test_what_a_file_says_that_is_stronger_elsewhere_stays(session: Session, tmp_path: Path) -> None:
    """`b` has 7 from a file that is over another one of its files which says 8."""
    files = {
        "a.values.yaml": LARGE.replace("OWN", "own: 7"),
        "b.values.yaml": LARGE.replace("OWN", "own: 7"),
        "base.values.yaml": "jupyterhub: {custom: {own: 8}}\n",
        "c.values.yaml": LARGE.replace("OWN", "own: 7"),
    }
    hubs = {**hubs_of("a", "c"), "b": "base.values.yaml b.values.yaml"}
    root = write_fleet(tmp_path / "fleet", hubs, files)
    written(session, root)
    assert texts(root)["b.values.yaml"] == "jupyterhub: {custom: {own: 7}}\n"


def test_an_empty_map_beside_what_goes_stays(session: Session, tmp_path: Path) -> None:
    own = {name: LARGE.replace("OWN", f"volumes: {{{name}: {{emptyDir: {{}}}}}}") for name in "ab"}
    files = {f"{name}.values.yaml": text for name, text in own.items()}
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b"), files)
    written(session, root)
    assert texts(root)["a.values.yaml"] == "jupyterhub: {custom: {volumes: {a: {emptyDir: {}}}}}\n"


def test_a_file_that_another_hub_uses_too_stays(session: Session, tmp_path: Path) -> None:
    text = LARGE.replace("OWN", "own: 1")
    files = {"a.values.yaml": text, "b.values.yaml": text, "c.values.yaml": ""}
    hubs = {"a": "a.values.yaml", "b": "b.values.yaml", "c": "c.values.yaml"}
    root = write_fleet(tmp_path / "fleet", hubs, files)
    other = root / "config/clusters/lake"
    other.mkdir()
    cluster = (root / "config/clusters/sea/cluster.yaml").read_text().replace("sea", "lake")
    (other / "cluster.yaml").write_text(cluster.replace("- a.values.yaml", "- ../sea/a.values.yaml"))
    for name in ("b", "c"):
        (other / f"{name}.values.yaml").write_text("")
    assert propose(session, root, at_least=2).new is None


def test_encrypted_files_are_neither_counted_nor_touched(session: Session, tmp_path: Path) -> None:
    text = LARGE.replace("OWN", "own: 1")
    secret = f"jupyterhub: {{custom: {{one: '{ENCRYPTED}', two: 2}}}}\n{SOPS}"
    files = {
        **{f"{name}.values.yaml": text for name in "ab"},
        **{f"enc-{name}.secret.values.yaml": secret for name in "ab"},
    }
    hubs = {name: f"{name}.values.yaml enc-{name}.secret.values.yaml" for name in "ab"}
    root = write_fleet(tmp_path / "fleet", hubs, files)
    found = written(session, root)
    # `one` is another in each hub for all that is known, `two` comes from the encrypted file.
    assert settings_of(found) == {
        "three": 3,
        "four": 4,
        "five": 5,
        "six": 6,
        "seven": 7,
        "eight": 8,
        "nine": 9,
        "own": 1,
    }
    assert list(found.shares.values()) == [(8, 8), (8, 8)]
    assert texts(root)["enc-a.secret.values.yaml"] == secret


def test_a_file_that_cannot_be_edited_is_gone_around(session: Session, tmp_path: Path) -> None:
    text = LARGE.replace("OWN", "own: 1")
    anchored = text.replace("{one: 1", "&all {one: 1").replace("}}\n", "}, again: *all}\n")
    files = {"a.values.yaml": text, "b.values.yaml": text, "c.values.yaml": anchored}
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b", "c"), files)
    found = written(session, root)
    (reason,) = found.untouchable
    assert reason.startswith("config/clusters/sea/c.values.yaml cannot be edited: ")
    assert texts(root)["c.values.yaml"] == anchored


def test_nothing_is_proposed_that_saves_no_line(session: Session, tmp_path: Path) -> None:
    files = {f"{name}.values.yaml": f"jupyterhub: {{custom: {{one: 1, own: {name}}}}}\n" for name in "ab"}
    root = write_fleet(tmp_path / "fleet", hubs_of("a", "b"), files)
    found = propose(session, root)
    assert (found.found, found.new, found.same) == (None, None, 0)
    assert list(found.shares.values()) == [(2, 1), (2, 1)]
