"""Suggestions: what somebody may have meant."""

from __future__ import annotations

from deployer.fleet.spelling import did_you_mean, near, only_near


def test_the_most_similar_word_is_found_whatever_its_case() -> None:
    assert near("clustername", ["cluster", "clusterName"]) == "clusterName"
    assert near("zebra", ["cluster", "clusterName"]) is None
    assert near("", ["", "a"]) is None


def test_among_many_words_the_near_one_is_found_still() -> None:
    many = [f"hub-{number}-{number}" for number in range(1000)]
    assert near("hub-77-7", [*many, "stub"]) == "hub-77-77"
    assert near("stab", [*many, "stub"]) == "stub"


def test_endless_words_are_not_compared() -> None:
    assert near("ab" * 10_000, ["ba" * 10_000]) is None


def test_only_one_word_that_is_very_much_alike_is_beyond_doubt() -> None:
    assert only_near("Providr", ["provider", "provider_url"]) == "provider"
    assert only_near("zoen", ["zone", "region"]) == "zone"
    assert only_near("ab", ["ba", "ax"]) == "ba"
    assert [only_near(word, ["zone"]) for word in ("zoon", "enoz", "znoee", "zo")] == [None] * 4
    assert only_near("abc", ["bac", "acb"]) is None
    assert only_near("staged_for", ["staging_for", "staged_by"]) is None
    assert only_near("item", ["items", "itemi"]) is None
    assert only_near("ab" * 10_000, ["ba" * 10_000]) is None


def test_a_few_known_words_are_shown_when_none_is_near() -> None:
    assert did_you_mean("x", []) == "there is none"
    assert did_you_mean("zebra", ["a", "b"]) == "known: a, b"
    many = [f"n{number}" for number in range(23)]
    assert did_you_mean("zebra", many) == f"known: {', '.join(many[:20])} and 3 more"
