"""What becomes of each user, and what speaks against it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jupyterhub.auth import DummyAuthenticator

from deployer.operations.users.mapping import NameMap, Obstacle, Pair, map_back, name_map, refusal
from deployer.operations.users.translation import RULES, Translation
from deployer.tools.kubespawner import escaped, fields

LOWER = Translation(rules=(RULES["lower"][0],))
STRIP = Translation(rules=(RULES["strip-domain"][0],))


def table(**names: str) -> Translation:
    return Translation(table=names)


def obstacles(mapped: NameMap) -> list[tuple[str, str]]:
    return [(obstacle.kind, obstacle.message) for obstacle in mapped.obstacles]


def test_every_user_is_mapped_or_unchanged_or_not_in_the_table() -> None:
    mapped = name_map(["eve", "bob", "ada"], table(ada="lovelace", bob="bob", zoe="zoe2"))
    assert mapped == NameMap(
        pairs=(Pair(old="ada", new="lovelace"),),
        unchanged=("bob",),
        not_in_table=("eve",),
        unknown=("zoe",),
        present=frozenset({"ada", "bob", "eve"}),
    )


def test_who_is_to_be_left_keeps_the_name() -> None:
    mapped = name_map(["ada@x", "check@x"], STRIP, leave={"check@x"})
    assert replace(mapped, present=frozenset()) == NameMap(
        pairs=(Pair(old="ada@x", new="ada"),), unchanged=("check@x",)
    )


def test_two_users_cannot_become_one() -> None:
    mapped = name_map(["ada@one.example", "ada@two.example", "bob@one.example"], STRIP)
    message = "`ada@one.example` and `ada@two.example` would all be `ada`"
    assert mapped.obstacles == (
        Obstacle(kind="two-to-one", message=message, users=("ada@one.example", "ada@two.example")),
    )


def test_a_name_that_another_user_has_cannot_be_given() -> None:
    mapped = name_map(["Ada", "ada"], LOWER)
    assert obstacles(mapped) == [("taken", "`Ada` would be `ada`, who is another user already")]


@pytest.mark.parametrize(
    "names",
    [pytest.param({"a": "b", "b": "c"}, id="a chain"), pytest.param({"a": "b", "b": "a"}, id="a swap")],
)
def test_a_name_cannot_be_given_away_and_taken_at_the_same_time(names: dict[str, str]) -> None:
    message = f"`a` would be `b`, whose name is to be `{names['b']}`: change that one first"
    assert ("taken", message) in obstacles(name_map(list(names), table(**names)))


def test_names_that_sign_in_makes_small_cannot_be_given() -> None:
    assert obstacles(name_map(["a", "b"], table(a="Ada", b="ada"))) == [
        ("case", "`Ada` and `ada` differ in capitals only: who signs in is `ada`"),
        ("case", "`Ada` has capitals, which JupyterHub makes small: nobody could sign in so"),
    ]


def test_a_name_that_differs_in_capitals_from_one_that_stays_cannot_be_given() -> None:
    mapped = name_map(["ADA", "b"], table(b="ada"))
    assert obstacles(mapped) == [("case", "`ADA` and `ada` differ in capitals only: who signs in is `ada`")]


def test_capitals_of_those_who_stay_are_nobodys_business() -> None:
    assert name_map(["ADA", "Bob", "eve"], table(eve="eva")).obstacles == ()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "is empty"),
        (" ada", "begins or ends with a space"),
        ("a/b", "has a `/` in it"),
        ("a\nb", "has a character in it that cannot be shown"),
        ("..", "is no name of a directory"),
        ("a" * 256, "is too long: a directory for it would have more than 255 characters"),
        ("é" * 43, "is too long: a directory for it would have more than 255 characters"),
        ("é" * 42, None),
        ("ada.lovelace+hub@example.org", None),
    ],
)
def test_names_that_jupyterhub_or_a_directory_cannot_have(name: str, reason: str | None) -> None:
    assert refusal(name) == reason
    expected = [("refused", f"`{name}` {reason}")] if reason else []
    assert obstacles(name_map(["x"], table(x=name))) == expected


def test_jupyterhub_refuses_what_is_refused_here() -> None:
    validate = DummyAuthenticator().validate_username
    assert {name: validate(name) for name in ("", " ada", "a/b", "ada@example.org")} == {
        name: refusal(name) is None for name in ("", " ada", "a/b", "ada@example.org")
    }


PAIRS = (Pair(old="ada", new="ada@x"), Pair(old="bob", new="bob@x"))


@pytest.mark.parametrize("users", [["ada@x", "bob@x", "eve"], ["ada", "bob", "eve"], ["ada@x", "bob", "eve"]])
def test_the_way_back_is_the_same_wherever_the_way_there_ended(users: list[str]) -> None:
    """Homes may have moved before the names in the database changed."""
    assert map_back(users, PAIRS) == NameMap(
        pairs=(Pair(old="ada@x", new="ada"), Pair(old="bob@x", new="bob")),
        unchanged=("eve",),
        present=frozenset(users),
    )


def test_there_is_no_way_back_over_somebody_who_has_the_old_name_now() -> None:
    mapped = map_back(["ada", "ada@x", "bob@x"], PAIRS)
    assert obstacles(mapped) == [("taken", "`ada@x` would be `ada`, who is another user by now")]


def test_who_is_gone_is_told_on_the_way_back() -> None:
    assert map_back(["ada@x"], PAIRS).unknown == ("bob@x",)


NAMES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.text("aAbB@.-_", min_size=1, max_size=6),
)
TRANSLATIONS = st.one_of(
    st.sampled_from([LOWER, STRIP]),
    st.dictionaries(NAMES, NAMES, max_size=12).map(lambda names: Translation(table=names)),
)


@settings(deadline=None)
@given(users=st.sets(NAMES, max_size=12), how=TRANSLATIONS)
def test_nobody_is_lost_and_no_two_share_anything(users: set[str], how: Translation) -> None:
    mapped = name_map(users, how)
    olds = [*(pair.old for pair in mapped.pairs), *mapped.unchanged, *mapped.not_in_table]
    assert sorted(olds) == sorted(users)
    refused = {user for obstacle in mapped.obstacles for user in obstacle.users}
    assert refused <= {pair.old for pair in mapped.pairs}
    # Whoever is refused is left as is, as `--leave` would do; whoever remains is on the safe side.
    while mapped.obstacles:
        refused |= {user for obstacle in mapped.obstacles for user in obstacle.users}
        mapped = name_map(users, how, leave=refused)
    final = [*mapped.kept, *(pair.new for pair in mapped.pairs)]
    assert len(set(final)) == len(users)
    for template in ("username", "escaped_username", "user_server"):
        for scheme in ("safe", "escape"):
            homes = {fields(user=name, scheme=scheme)[template] for name in final}
            assert len(homes) == len(users)
    moved = {escaped(pair.old) for pair in mapped.pairs}
    assert not moved & {escaped(pair.new) for pair in mapped.pairs}


@settings(deadline=None)
@given(users=st.sets(NAMES, max_size=12), how=TRANSLATIONS)
def test_there_and_back_leads_to_where_it_began(users: set[str], how: Translation) -> None:
    mapped = name_map(users, how)
    if mapped.obstacles:
        return
    after = {*mapped.kept, *(pair.new for pair in mapped.pairs)}
    back = map_back(after, mapped.pairs)
    assert back.obstacles == ()
    assert {*back.kept, *(pair.new for pair in back.pairs)} == users
    assert (back.unchanged, back.unknown) == (tuple(sorted(mapped.kept)), ())
