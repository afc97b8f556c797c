"""The list of profiles, as KubeSpawner reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deployer.rules.values.profiles import (
    RULES,
    profile_default,
    profile_name,
    profile_option,
    profile_setting,
    profile_slug,
)
from tests.rules.values.making import ENCRYPTED, found

if TYPE_CHECKING:
    from deployer.rules.subjects import HubValues
    from tests.rules.values.making import Making


def profile_list(values: Making, *profiles: str) -> HubValues:
    """A hub with profiles, each in a line of its own from line 4 on."""
    lines = "".join(f"    - {profile}\n" for profile in profiles)
    return values(f"jupyterhub:\n  singleuser:\n    profileList:\n{lines}")


def test_each_profile_has_a_name(values: Making) -> None:
    release = profile_list(values, "{display_name: A}", "{slug: b}", "{display_name: ''}")
    missing = "missing key `display_name`: what people see of the profile"
    assert found(profile_name, release) == [f"1:5:7: {missing}", f"1:6:7: {missing}"]


@pytest.mark.parametrize(
    ("one", "other", "slug"),
    [
        ("{display_name: A, slug: a}", "{display_name: B, slug: a}", "a"),
        ("{display_name: A B}", "{display_name: a_b}", "a-b"),
        ("{display_name: A}", "{display_name: B, slug: a}", "a"),
        ("{display_name: A, allowed_groups: [x, y]}", "{display_name: A, allowed_teams: [Y]}", "a"),
        ("{display_name: A, allowed_groups: [x]}", "{display_name: A}", "a"),
    ],
)
def test_two_profiles_of_one_slug_are_refused(values: Making, one: str, other: str, slug: str) -> None:
    (line,) = found(profile_slug, profile_list(values, one, other))
    assert line.startswith("1:5:")
    assert line.endswith(f": the slug `{slug}` is that of profile 1 too: give each its own `slug`")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{display_name: A, allowed_groups: [x]}", "{display_name: A, allowed_groups: [y]}"),
        ("{display_name: Ω}", "{display_name: Ω}"),
        ("{display_name: A, slug: a}", "{display_name: A, slug: b}"),
    ],
    ids=["for others", "transliterated by a table that is not ours", "own slugs"],
)
def test_profiles_that_differ_or_may_differ_are_fine(values: Making, one: str, other: str) -> None:
    assert found(profile_slug, profile_list(values, one, other)) == []


def test_one_profile_is_the_default(values: Making) -> None:
    release = profile_list(
        values,
        "{display_name: A, default: true}",
        "{display_name: B, default: false}",
        "{display_name: C, default: true}",
    )
    assert found(profile_default, release) == ["1:6:25: another profile is the default already"]


def test_profiles_for_different_groups_may_each_be_the_default(values: Making) -> None:
    release = profile_list(
        values,
        "{display_name: A, default: true, allowed_groups: [a]}",
        "{display_name: B, default: true, allowed_groups: [b]}",
    )
    assert found(profile_default, release) == []


def test_one_choice_is_the_default(values: Making) -> None:
    choices = "{a: {default: true}, b: {default: true}}"
    release = profile_list(values, f"{{display_name: A, profile_options: {{size: {{choices: {choices}}}}}}}")
    assert found(profile_default, release) == [
        "1:4:84: `a` is the default already: one choice of `size` can be"
    ]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("{}", "nothing to choose in the option `o`: write `choices`"),
        ("{choices: {}}", "nothing to choose in the option `o`: write `choices`"),
        ("{unlisted_choice: {enabled: false}}", "nothing to choose in the option `o`: write `choices`"),
        (
            "{unlisted_choice: {enabled: true, validation_regex: '('}}",
            "`validation_regex` is no regular expression: missing ), unterminated subpattern",
        ),
    ],
)
def test_an_option_offers_something_that_works(values: Making, option: str, message: str) -> None:
    release = profile_list(values, f"{{display_name: A, profile_options: {{o: {option}}}}}")
    (line,) = found(profile_option, release)
    assert line.endswith(f": {message}")


@pytest.mark.parametrize("option", ["{choices: {a: {}}}", "{unlisted_choice: {enabled: true}}"])
def test_choices_or_a_free_field_are_enough(values: Making, option: str) -> None:
    release = profile_list(values, f"{{display_name: A, profile_options: {{o: {option}}}}}")
    assert found(profile_option, release) == []


def test_a_setting_that_kubespawner_does_not_have_is_questioned_when_it_is_like_one(values: Making) -> None:
    override = "{mem_gurantee: 1G, cpu_limit: 1, of_our_own_spawner: 1}"
    choices = "{x: {kubespawner_override: {nodeSelector: {}}}}"
    release = profile_list(
        values,
        f"{{display_name: A, kubespawner_override: {override}}}",
        f"{{display_name: B, profile_options: {{o: {{choices: {choices}}}}}}}",
    )
    assert found(profile_setting, release) == [
        "1:4:48: KubeSpawner has no setting `mem_gurantee`: did you mean `mem_guarantee`?",
        "1:5:84: KubeSpawner has no setting `nodeSelector`: did you mean `node_selector`?",
    ]


def test_a_profile_s_own_key_among_settings_is_questioned(values: Making) -> None:
    choices = "{x: {kubespawner_override: {display_name: X}}}"
    release = profile_list(
        values,
        "{display_name: A, kubespawner_override: {cpu_limit: 1, default: true}}",
        f"{{display_name: B, profile_options: {{o: {{choices: {choices}}}}}}}",
    )
    message = "has no effect in `kubespawner_override`: indent it less, to stand beside that"
    assert found(profile_setting, release) == [
        f"1:4:62: `default` {message}",
        f"1:5:84: `display_name` {message}",
    ]


def test_a_slip_in_a_key_of_a_profile_an_option_or_a_choice_is_questioned(values: Making) -> None:
    choices = "choices: {x: {display_nam: X, kubespawner_overide: {}}}"
    release = profile_list(
        values,
        "{display_name: A, profile_option: {}, of_our_own: 1, allowed_group: []}",
        f"{{display_name: B, profile_options: {{o: {{display_name: O, {choices}}}, p: {{choice: {{}}}}}}}}",
    )
    assert found(profile_setting, release) == [
        "1:4:25: `profile_option` has no effect: did you mean `profile_options`?",
        "1:4:60: `allowed_group` has no effect: did you mean `allowed_groups`?",
        "1:5:78: `display_nam` has no effect: did you mean `display_name`?",
        "1:5:94: `kubespawner_overide` has no effect: did you mean `kubespawner_override`?",
        "1:5:126: `choice` has no effect: did you mean `choices`?",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "jupyterhub: {singleuser: {profileList: 3}}",
        "jupyterhub: {singleuser: {profileList: [1, [], {display_name: A, profile_options: []}]}}",
        "jupyterhub: {singleuser: {profileList: [{display_name: 1, slug: 2, kubespawner_override: 3}]}}",
        "jupyterhub: {singleuser: {profileList: [{display_name: A, slug: [], allowed_groups: 1}]}}",
        "jupyterhub: {singleuser: {profileList: {a: {display_name: A}}}}",
    ],
)
def test_wrong_types_are_left_to_schemas(values: Making, text: str) -> None:
    assert found(RULES, values(text)) == []


def test_nothing_is_said_of_encrypted_names_and_slugs(values: Making) -> None:
    one = f"{{display_name: '{ENCRYPTED}', slug: '{ENCRYPTED}'}}"
    text = f"jupyterhub: {{singleuser: {{profileList: [{one}, {one}]}}}}\nsops: {{version: 1}}\n"
    assert found(RULES, values(text)) == []
