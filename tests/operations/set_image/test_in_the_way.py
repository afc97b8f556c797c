"""What is in the way of an edit: encrypted files, other hubs, aliases and rules, and when they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.fleet.problems import ConfigurationError
from tests.operations.explain_fleets import ENCRYPTED, SOPS, with_mirror
from tests.operations.set_image.sea import NEW, OLD, Sea

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.session import Session

OWN_RULE = """\
summary: Want images from our registry.
severity: error
for: hub
check: values.jupyterhub.singleuser.image.name.startsWith("quay.io/acme/")
at: values.jupyterhub.singleuser.image.name
message: take an image of ours
examples:
  valid:
    - values: {jupyterhub: {singleuser: {image: {name: quay.io/acme/a}}}}
  invalid:
    - values: {jupyterhub: {singleuser: {image: {name: docker.io/b}}}}
"""


def test_an_encrypted_file_that_says_the_image_is_not_edited(sea: Sea) -> None:
    secret = f"jupyterhub: {{singleuser: {{image: {{tag: '{ENCRYPTED}'}}}}}}\n{SOPS}"
    sea.write({"a.values.yaml": OLD, "enc-a.secret.values.yaml": secret})
    name = "config/clusters/sea/enc-a.secret.values.yaml"
    assert sea.refused("a") == (
        f"the image is in an encrypted file, which cannot be edited here: {name}",
        f"move it to a plain file, since it is no secret, or run `sops {name}`",
    )


def test_an_encrypted_file_that_is_overridden_does_not_matter(sea: Sea) -> None:
    secret = f"jupyterhub: {{singleuser: {{image: {{tag: '{ENCRYPTED}'}}}}}}\n{SOPS}"
    sea.write({"enc-a.secret.values.yaml": secret, "a.values.yaml": OLD})
    assert sea.edited("a") == {"a.values.yaml": OLD.replace("old", "new")}


def test_a_hub_without_plain_files_has_none_to_write_into(sea: Sea) -> None:
    sea.write({"enc-a.secret.values.yaml": f"jupyterhub: {{}}\n{SOPS}"})
    assert sea.refused("a") == (
        "sea a has no plain file of values to write into",
        "list one under `helm_chart_values_files` in cluster.yaml",
    )


def test_a_file_of_several_hubs_is_edited_only_when_that_is_allowed(sea: Sea) -> None:
    """A hub that has its image from elsewhere is none of them."""
    own = OLD.replace("old", "own")
    sea.write(
        {"common.values.yaml": OLD, "a.values.yaml": "{}\n", "c.values.yaml": own},
        a="common.values.yaml a.values.yaml",
        b="common.values.yaml",
        c="common.values.yaml c.values.yaml",
    )
    assert sea.refused("a") == (
        "config/clusters/sea/common.values.yaml sets this image for other hubs too: sea b",
        (
            "`--shared` sets it for all of them; for this hub alone, write "
            "`jupyterhub.singleuser.image` into "
            "config/clusters/sea/a.values.yaml first"
        ),
    )
    assert sea.refused("b")[1] == "`--shared` sets it for all of them"
    assert sea.plan("a", shared=True).others == ("sea b",)
    assert sea.edited("a", shared=True) == {"common.values.yaml": OLD.replace("old", "new")}
    assert (sea.image("b"), sea.image("c")) == (NEW, "quay.io/acme/lake:own")


def test_a_file_that_counts_for_one_hub_only_is_edited_without_asking(sea: Sea) -> None:
    own = OLD.replace("old", "own")
    sea.write(
        {"common.values.yaml": OLD, "c.values.yaml": own},
        a="common.values.yaml",
        c="common.values.yaml c.values.yaml",
    )
    assert sea.edited("a") == {"common.values.yaml": OLD.replace("old", "new")}


def test_an_image_that_is_repeated_by_an_alias_is_left_to_a_person(sea: Sea) -> None:
    text = OLD.replace("{name", "&image {name") + "other: *image\n"
    sea.write({"a.values.yaml": text})
    assert sea.refused("a") == (
        (
            "config/clusters/sea/a.values.yaml cannot be edited: it would not say what it should "
            "then, for an "
            "anchor, an alias or its layout is in the way"
        ),
        None,
    )


def test_nothing_is_written_that_breaks_a_rule(sea: Sea) -> None:
    """The fleet's own rules too; what was wrong before does not count."""
    rules = sea.root / "config/rules"
    rules.mkdir(parents=True)
    (rules / "own-registry.yaml").write_text(OWN_RULE)
    sea.write({"a.values.yaml": OLD, "b.values.yaml": OLD}, a="a.values.yaml", b="b.values.yaml")
    message, hint = sea.refused("a", "docker.io/other/lake:1")
    assert (message, hint) == (
        (
            "nothing is written, since there would be 1 new error:\n"
            "  config/clusters/sea/a.values.yaml:1:35: hub `a`: take an image of ours [own-registry]"
        ),
        "name an image that the fleet's rules allow",
    )


def test_errors_in_the_files_of_the_hub_come_first(sea: Sea) -> None:
    sea.write({"a.values.yaml": "a: 1\na: 2\n", "b.values.yaml": OLD}, a="a.values.yaml", b="b.values.yaml")
    with pytest.raises(ConfigurationError) as caught:
        sea.plan("a")
    assert [each.rule for each in caught.value.problems] == ["duplicate-key"]
    assert sea.plan("b").after == NEW


def test_what_cannot_be_checked_is_said(session: Session, tmp_path: Path) -> None:
    empty = tmp_path / "nothing"
    empty.mkdir()
    sea = Sea(with_mirror(session, empty), tmp_path / "fleet")
    sea.write({"a.values.yaml": OLD})
    notices = sea.plan("a").notices
    assert [each.partition(";")[0] for each in notices] == ["not checked: jupyterhub 4.4.0"]
