"""Setting images: which file is edited, how, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.errors import DeployerError
from deployer.fleet.load import load_fleet
from deployer.fleet.problems import ConfigurationError
from deployer.operations.set_image.place import place, reference, said
from deployer.operations.set_image.plan import SetImage, carry_out, plan
from deployer.render.image_reference import parse
from tests.charts.making import write_mirror
from tests.operations.explain_fleets import ENCRYPTED, SOPS, layers_of, with_mirror, write_fleet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deployer.session import Session

NEW = "quay.io/acme/lake:new"
ALONE = "jupyterhub:\n  singleuser:\n    image:\n      name: quay.io/acme/lake\n      tag: new\n"
HEX = "0123456789abcdef" * 4
OLD = "jupyterhub: {singleuser: {image: {name: quay.io/acme/lake, tag: old}}}\n"
PROFILES = """\
jupyterhub:
  singleuser:
    profileList:
      # What most people take.
      - display_name: Small & cheap
        default: true
        kubespawner_override:
          mem_limit: 1G
          image: quay.io/acme/lake:old  # built every week
      - display_name: Large
        slug: big
      - slug: open
        display_name: Open
        profile_options:
          image:
            display_name: Image
            choices:
              python: {display_name: Python, kubespawner_override: {image: "quay.io/acme/python:old"}}
              r:
                display_name: R
                kubespawner_override:
                  image: 'quay.io/acme/r:old'
            unlisted_choice: {enabled: true, kubespawner_override: {image: "{value}"}}
          other:
            choices:
              r:
                display_name: R
                kubespawner_override: {image: quay.io/acme/r:other}
          size:
            choices: {small: {display_name: Small, kubespawner_override: {mem_limit: 1G}}}
"""


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    return with_mirror(session, write_mirror(tmp_path / "mirror"))


class Sea:
    """A fleet of one cluster, in which images are set."""

    def __init__(self, session: Session, root: Path) -> None:
        self.session = session
        self.root = root
        self.files: dict[str, str] = {}

    def write(self, files: Mapping[str, str], **hubs: str) -> None:
        self.files = dict(files)
        write_fleet(self.root, hubs or {"a": " ".join(files)}, files)

    def plan(self, asked: str, image: str = NEW, *, shared: bool = False) -> SetImage:
        hub, colon, profile = asked.partition(":")
        return plan(
            self.session,
            self.root,
            cluster="sea",
            hub=hub,
            profile=profile if colon else None,
            image=parse(image),
            shared=shared,
        )

    def edited(self, asked: str, image: str = NEW, *, shared: bool = False) -> dict[str, str]:
        """Return the texts of the files that are others after an image was set, which counts then."""
        found = self.plan(asked, image, shared=shared)
        assert self.texts() == self.files, "the plan has written something"
        carry_out(found)
        assert self.image(asked) == image
        again = self.plan(asked, image, shared=shared)
        assert (again.changes, again.before) == ((), image)
        return {name: text for name, text in self.texts().items() if text != self.files[name]}

    def refused(self, asked: str, image: str = NEW, *, shared: bool = False) -> tuple[str, str | None]:
        with pytest.raises(DeployerError) as caught:
            self.plan(asked, image, shared=shared)
        assert self.texts() == self.files
        return caught.value.message, caught.value.hint

    def image(self, asked: str) -> str | None:
        hub, colon, profile = asked.partition(":")
        layers = layers_of(self.session, self.root, hub)
        where = place(layers, profile if colon else None)
        return reference(said(layers, where), where)

    def texts(self) -> dict[str, str]:
        directory = self.root / "config/clusters/sea"
        return {name: (directory / name).read_text() for name in self.files}


@pytest.fixture
def sea(session: Session, tmp_path: Path) -> Sea:
    return Sea(session, tmp_path / "fleet")


@pytest.mark.parametrize(
    ("before", "image", "after"),
    [
        (OLD, NEW, OLD.replace("tag: old", "tag: new")),
        (
            OLD,
            f"quay.io/acme/pond@sha256:{HEX}",
            OLD.replace("quay.io/acme/lake, tag: old", f"quay.io/acme/pond@sha256, tag: {HEX}"),
        ),
        (OLD, f"{NEW}@sha256:{HEX}", OLD.replace("tag: old", f'tag: "new@sha256:{HEX}"')),
        (OLD, "quay.io/acme/lake:20260702", OLD.replace("tag: old", 'tag: "20260702"')),
        (OLD, "quay.io/acme/lake:1e5", OLD.replace("tag: old", 'tag: "1e5"')),
        (
            (
                "jupyterhub:\n  singleuser:\n    image:  # ours\n      tag: 'old'   # weekly\n"
                '      # where it is\n      name: "quay.io/acme/pond"\n'
            ),
            NEW,
            (
                "jupyterhub:\n  singleuser:\n    image:  # ours\n      tag: 'new'   # weekly\n"
                '      # where it is\n      name: "quay.io/acme/lake"\n'
            ),
        ),
        (
            (
                "jupyterhub:\n  singleuser:\n    image:\n      name: quay.io/acme/lake\n"
                "      pullPolicy: Always\n"
            ),
            NEW,
            (
                "jupyterhub:\n  singleuser:\n    image:\n      name: quay.io/acme/lake\n      tag: new\n"
                "      pullPolicy: Always\n"
            ),
        ),
        (
            "jupyterhub:\n  singleuser:\n    image:\n      pullPolicy: Always\n",
            NEW,
            (
                "jupyterhub:\n  singleuser:\n    image:\n      name: quay.io/acme/lake\n      tag: new\n"
                "      pullPolicy: Always\n"
            ),
        ),
        (
            "# mine\njupyterhub:\n  singleuser:\n    startTimeout: 600\n  cull: {enabled: false}\n",
            NEW,
            (
                "# mine\njupyterhub:\n  singleuser:\n    startTimeout: 600\n    image:\n"
                "      name: quay.io/acme/lake\n      tag: new\n  cull: {enabled: false}\n"
            ),
        ),
        ("{}\n", NEW, ALONE),
        (
            "# nothing yet\n",
            NEW,
            f"# nothing yet\n{ALONE}",
        ),
        (
            "jupyterhub:\n  singleuser:\n    image: {}\n",
            NEW,
            ALONE,
        ),
    ],
)
def test_the_image_of_a_hub_is_a_name_and_a_tag(sea: Sea, before: str, image: str, after: str) -> None:
    """What is not about the image stays, to the byte."""
    sea.write({"a.values.yaml": before})
    assert sea.edited("a", image) == {"a.values.yaml": after}


def test_a_file_that_says_only_the_tag_goes_on_saying_only_the_tag(sea: Sea) -> None:
    tag = "jupyterhub: {singleuser: {image: {tag: middle}}}\n"
    sea.write({"a.values.yaml": OLD, "b.values.yaml": tag})
    assert sea.edited("a") == {"b.values.yaml": tag.replace("middle", "new")}


def test_a_file_that_says_only_the_tag_says_another_name_too(sea: Sea) -> None:
    tag = "jupyterhub: {singleuser: {image: {tag: middle}}}\n"
    sea.write({"a.values.yaml": OLD, "b.values.yaml": tag})
    assert sea.edited("a", "quay.io/acme/pond:2") == {
        "b.values.yaml": 'jupyterhub: {singleuser: {image: {name: quay.io/acme/pond, tag: "2"}}}\n'
    }


def test_the_strongest_file_that_says_the_image_is_edited(sea: Sea) -> None:
    empty = "jupyterhub: {singleuser: {image: {pullPolicy: Always}}}\n"
    sea.write({"a.values.yaml": OLD, "b.values.yaml": OLD, "c.values.yaml": empty})
    assert sea.edited("a") == {"b.values.yaml": OLD.replace("old", "new")}


def test_values_below_a_key_are_edited_there(session: Session, tmp_path: Path) -> None:
    """As the chart `daskhub` has them, also in a file that has nothing there yet."""
    sea = Sea(session, tmp_path)
    sea.write({"a.values.yaml": "other: 1\n"})
    cluster = tmp_path / "config/clusters/sea/cluster.yaml"
    cluster.write_text(cluster.read_text().replace("helm_chart: basehub", "helm_chart: daskhub"))
    assert sea.edited("a") == {
        "a.values.yaml": "other: 1\nbasehub:\n  jupyterhub:\n    singleuser:\n      image:\n"
        "        name: quay.io/acme/lake\n        tag: new\n"
    }


def test_what_a_preset_says_is_overridden_in_the_file_that_only_this_hub_uses(sea: Sea) -> None:
    preset = f"description: A lake\nvalues:\n  {OLD}"
    path = sea.root / "config/presets/lake.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(preset)
    text = "jupyterhub: {cull: {every: 60}}\n"
    files = dict.fromkeys(("common.values.yaml", "a.values.yaml", "late.values.yaml"), text)
    sea.write(
        files, a="common.values.yaml a.values.yaml late.values.yaml", b="common.values.yaml late.values.yaml"
    )
    cluster = sea.root / "config/clusters/sea/cluster.yaml"
    cluster.write_text(
        cluster.read_text().replace("helm_chart: basehub", "helm_chart: basehub\n  presets: [lake]")
    )
    assert sea.edited("a") == {
        "a.values.yaml": "jupyterhub: {cull: {every: 60}, "
        "singleuser: {image: {name: quay.io/acme/lake, tag: new}}}\n"
    }
    assert path.read_text() == preset


@pytest.mark.parametrize(
    ("asked", "old", "new"),
    [
        ("a:small-cheap", "image: quay.io/acme/lake:old  #", f"image: {NEW}  #"),
        (
            "a:big",
            "        slug: big\n",
            f"        slug: big\n        kubespawner_override:\n          image: {NEW}\n",
        ),
        ("a:open/python", '"quay.io/acme/python:old"', f'"{NEW}"'),
        ("a:open/image/r", "'quay.io/acme/r:old'", f"'{NEW}'"),
        # Between braces a colon needs quotes.
        ("a:open/other/r", "quay.io/acme/r:other", f'"{NEW}"'),
    ],
)
def test_the_image_of_a_profile_or_a_choice_is_one_text(sea: Sea, asked: str, old: str, new: str) -> None:
    sea.write({"a.values.yaml": PROFILES})
    assert sea.edited(asked) == {"a.values.yaml": PROFILES.replace(old, new)}


def test_what_a_profile_has_besides_its_image_stays(sea: Sea) -> None:
    text = PROFILES.replace("          image: quay.io/acme/lake:old  # built every week\n", "")
    sea.write({"a.values.yaml": text})
    assert sea.edited("a:small-cheap") == {
        "a.values.yaml": text.replace(
            "mem_limit: 1G\n      -", f"mem_limit: 1G\n          image: {NEW}\n      -"
        )
    }


def test_a_profile_of_a_preset_of_the_fleet_is_edited_there_when_others_may_get_it(sea: Sea) -> None:
    path = sea.root / "config/presets/lake.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("description: A lake\nvalues:\n  " + PROFILES.replace("\n", "\n  ").rstrip(" "))
    sea.write({"a.values.yaml": "{}\n"}, a="a.values.yaml", b="a.values.yaml")
    cluster = sea.root / "config/clusters/sea/cluster.yaml"
    cluster.write_text(
        cluster.read_text().replace("helm_chart: basehub", "helm_chart: basehub\n  presets: [lake]")
    )
    assert sea.refused("a:big") == (
        "config/presets/lake.yaml sets this image for other hubs too: sea b",
        (
            "`--shared` sets it for all of them; for this hub alone, write "
            "`jupyterhub.singleuser.profileList` "
            "into config/clusters/sea/a.values.yaml first"
        ),
    )
    assert sea.edited("a:big", shared=True) == {}
    assert sea.image("b:big") == NEW


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
NO_PROFILE = "no such profile in sea a"


@pytest.mark.parametrize(
    ("asked", "message", "hint"),
    [
        ("a:bigg", f"{NO_PROFILE}: bigg", "did you mean `big`?"),
        ("a:Large", f"{NO_PROFILE}: Large", "known: small-cheap, big, open"),
        ("a:", f"{NO_PROFILE}: ", "known: small-cheap, big, open"),
        (
            "a:open",
            "people choose the image of the profile `open` themselves",
            "name a choice: `open/python`, `open/image/r`, `open/other/r`",
        ),
        (
            "a:open/r",
            "several options of the profile `open` have a choice `r`",
            "name one of them: `open/image/r`, `open/other/r`",
        ),
        ("a:open/pyton", "no such image in the profile `open`: pyton", "did you mean `python`?"),
        (
            "a:open/small",
            "no such image in the profile `open`: small",
            "known: python, image/r, other/r",
        ),
        ("a:big/x", "no choice of the profile `big` has an image of its own", "name the profile: `big`"),
    ],
)
def test_a_profile_or_choice_that_is_not_there_is_told_with_what_is(
    sea: Sea, asked: str, message: str, hint: str
) -> None:
    sea.write({"a.values.yaml": PROFILES})
    assert sea.refused(asked) == (message, hint)


def test_a_hub_without_profiles_has_only_its_own_image(sea: Sea) -> None:
    sea.write({"a.values.yaml": OLD})
    assert sea.refused("a:big") == ("sea a has no profiles", "name the hub alone: `a`")


def test_profiles_of_one_slug_cannot_be_told_apart(sea: Sea) -> None:
    """They may be for groups that have nobody in common."""
    one = "{display_name: One, slug: x, allowed_groups: [%s]}"
    profiles = f"[{one % 'a'}, {one % 'b'}]"
    sea.write({"a.values.yaml": f"jupyterhub: {{singleuser: {{profileList: {profiles}}}}}\n"})
    assert sea.refused("a:x") == (
        "2 profiles of sea a have the slug `x`",
        "give each a `slug` of its own",
    )


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


def test_the_plan_tells_what_it_is_about(sea: Sea) -> None:
    sea.write({"a.values.yaml": OLD})
    assert load_fleet(sea.root)
    found = sea.plan("a")
    name = "config/clusters/sea/a.values.yaml"
    assert found.summary(written=False) == {
        "image_of": "sea a",
        "path": "jupyterhub.singleuser.image",
        "file": name,
        "before": "quay.io/acme/lake:old",
        "after": NEW,
        "other_hubs": [],
        "changes": True,
        "written": False,
        "diff": f"--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-{OLD}+{OLD.replace('old', 'new')}",
        "notices": [],
    }
