"""Every rule has an example that is wrong and one that is right; its page shows them.

What the examples say is tested where they are run, in tests/operations/test_examples.py.
"""

from __future__ import annotations

from pathlib import Path

from deployer.rules.catalogue import RULES

EXAMPLES = Path(__file__).parent.parent / "examples"
PLACES = (EXAMPLES, EXAMPLES / "rendered")


def examples(kind: str) -> dict[str, list[Path]]:
    """Return the example fleets of a kind by what their names begin with: a rule's id, before `--variant`."""
    found: dict[str, list[Path]] = {}
    for path in (path for place in PLACES for path in (place / kind).glob("*") if path.is_dir()):
        found.setdefault(path.name.partition("--")[0], []).append(path)
    return found


def test_every_rule_has_an_example_that_is_wrong_in_its_way() -> None:
    wrong = examples("invalid")
    lacking = [
        rule.id for rule in RULES if not any(_tells_of(path, rule.id) for path in wrong.get(rule.id, ()))
    ]
    assert ", ".join(lacking) == ""


def test_every_rule_has_an_example_that_is_right() -> None:
    right = examples("valid")
    assert ", ".join(rule.id for rule in RULES if rule.id not in right) == ""


def test_rules_have_different_ids_and_end_their_summary() -> None:
    ids = [rule.id for rule in RULES]
    assert sorted(set(ids)) == sorted(ids)
    assert [rule.id for rule in RULES if not rule.summary.endswith(".")] == []


def _tells_of(example: Path, rule: str) -> bool:
    expected = example / "expected.txt"
    return expected.is_file() and f"[{rule}]" in expected.read_text(encoding="utf-8")
