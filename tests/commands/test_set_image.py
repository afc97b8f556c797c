"""`deployer set-image`: the diff on stdout, talk on stderr, and the exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft7Validator

from deployer import cli
from deployer.fleet.schema import SCHEMAS
from tests.charts.making import write_mirror
from tests.operations.explain_fleets import write_fleet

if TYPE_CHECKING:
    from pathlib import Path

FILE = "config/clusters/sea/a.values.yaml"
BEFORE = """\
jupyterhub:
  singleuser:
    image:
      name: quay.io/acme/lake
      tag: old  # weekly
"""
DIFF = f"""\
--- a/{FILE}
+++ b/{FILE}
@@ -2,4 +2,4 @@
   singleuser:
     image:
       name: quay.io/acme/lake
-      tag: old  # weekly
+      tag: new  # weekly
"""
NEW = "quay.io/acme/lake:new"
SET = f"set to {NEW} instead of quay.io/acme/lake:old"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.setenv("DEPLOYER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DEPLOYER_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DEPLOYER_CHART_MIRROR", str(write_mirror(tmp_path / "mirror")))
    monkeypatch.setattr(cli, "_listen_to_signals", lambda _interruption: None)
    hubs = {"a": "a.values.yaml", "b": "b.values.yaml"}
    root = write_fleet(tmp_path / "fleet", hubs, {"a.values.yaml": BEFORE, "b.values.yaml": "{}\n"})
    # The first time, it is said that the chart is put together.
    assert run(root, "a", "quay.io/acme/lake:old", capsys=capsys)[0] == 0
    return root


def run(root: Path, *argv: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = cli.run(["--root", str(root), "set-image", "sea", *argv])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_it_writes_the_file_and_shows_the_change(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "a", NEW, capsys=capsys) == (0, DIFF, f"sea a {SET}\n")
    assert (root / FILE).read_text() == BEFORE.replace("old", "new")


@pytest.mark.parametrize(("option", "status"), [("--dry-run", 0), ("--diff", 3)])
def test_it_only_shows_the_change_when_asked_to(
    root: Path, capsys: pytest.CaptureFixture[str], option: str, status: int
) -> None:
    expected = (status, DIFF, f"sea a would be {SET}\n")
    assert run(root, "a", NEW, option, capsys=capsys) == expected
    assert (root / FILE).read_text() == BEFORE


@pytest.mark.parametrize("option", [[], ["--dry-run"], ["--diff"]])
def test_the_image_that_is_there_already_is_no_change(
    root: Path, capsys: pytest.CaptureFixture[str], option: list[str]
) -> None:
    same = "quay.io/acme/lake:old"
    said = f"sea a has this image already: {same}\n"
    assert run(root, "a", same, *option, capsys=capsys) == (0, "", said)
    assert (root / FILE).read_text() == BEFORE


def test_programs_get_it_as_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = Draft7Validator(json.loads((SCHEMAS / "set-image.schema.json").read_text()))
    expected = {
        "image_of": "sea a",
        "path": "jupyterhub.singleuser.image",
        "file": FILE,
        "before": "quay.io/acme/lake:old",
        "after": NEW,
        "other_hubs": [],
        "changes": True,
        "written": False,
        "diff": DIFF,
        "notices": [],
    }
    for options, more in (
        (["--dry-run"], {}),
        ([], {"written": True}),
        ([], {"before": NEW, "changes": False, "diff": ""}),
    ):
        status, out, _ = run(root, "a", NEW, "--output", "json", *options, capsys=capsys)
        found = json.loads(out)
        schema.validate(found)
        assert (status, found) == (0, {**expected, **more})


def test_other_hubs_are_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cluster = root / "config/clusters/sea/cluster.yaml"
    cluster.write_text(cluster.read_text().replace("- b.values.yaml", "- a.values.yaml"))
    status, _, said = run(root, "a", NEW, capsys=capsys)
    assert (status, said) == (
        1,
        (
            f"error: {FILE} sets this image for other hubs too: sea b\n"
            f"hint: `--shared` sets it for all of them\n"
        ),
    )
    assert run(root, "a", NEW, "--shared", capsys=capsys) == (0, DIFF, f"sea a {SET}, also for sea b\n")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["c", NEW], "error: no such hub: sea c\nhint: known: a, b\n"),
        (["a:big", NEW], "error: sea a has no profiles\nhint: name the hub alone: `a`\n"),
        (
            ["a", "quay.io/acme/lake"],
            (
                "error: the image has neither tag nor digest, so it would be another after each push: "
                "quay.io/acme/lake\n"
                "hint: give the tag or digest that its build has told: `quay.io/acme/lake@sha256:...`\n"
            ),
        ),
    ],
)
def test_what_cannot_be_done_is_said(
    root: Path, capsys: pytest.CaptureFixture[str], argv: list[str], said: str
) -> None:
    assert run(root, *argv, capsys=capsys) == (1, "", said)
