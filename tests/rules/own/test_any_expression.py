"""Whatever an expression says, it has an answer or a reason for having none; nothing else comes out of it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.rules.own.expression import NoAnswer
from deployer.rules.own.syntax import FUNCTIONS, MACROS, METHODS, Malformed
from tests.rules.own.test_expression import holds

NAMES = ["values", "hub", "x", "true", "null", "1", "-2", "0.5", "1u", "'a'", "b'a'", "[]", "{}", "string"]
OPERATORS = ["+", "-", "*", "/", "%", "<", "<=", "==", "!=", ">", ">=", "in", "&&", "||"]


def expressions() -> st.SearchStrategy[str]:
    """Texts that are mostly well formed, of everything that the grammar has."""

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.tuples(inner, st.sampled_from(OPERATORS), inner).map(" ".join),
            st.tuples(st.sampled_from(sorted(FUNCTIONS)), inner).map(lambda each: f"{each[0]}({each[1]})"),
            st.tuples(inner, st.sampled_from(sorted(METHODS)), inner).map(
                lambda e: f"({e[0]}).{e[1]}({e[2]})"
            ),
            st.tuples(inner, st.sampled_from(sorted(MACROS)), inner).map(
                lambda e: f"({e[0]}).{e[1]}(x, {e[2]})"
            ),
            st.tuples(inner, inner).map(lambda each: f"({each[0]})[{each[1]}]"),
            st.tuples(inner, st.sampled_from(["text", "list", "secret"])).map(".".join),
            st.tuples(inner, inner, inner).map(lambda each: f"({each[0]} ? {each[1]} : {each[2]})"),
            st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
            st.tuples(inner, inner).map(lambda each: f"{{{each[0]}: {each[1]}}}"),
            inner.map(lambda each: f"!{each}"),
            inner.map(lambda each: f"-({each})"),
        )

    return st.recursive(st.sampled_from(NAMES), larger, max_leaves=12)


def answered(text: str) -> bool:
    """Say whether a text has an answer, or a reason for having none."""
    try:
        return holds(text) in (True, False, None)
    except (Malformed, NoAnswer) as error:
        return bool(str(error))


@given(expressions())
@settings(max_examples=300, deadline=None)
def test_every_expression_has_an_answer_or_a_reason(text: str) -> None:
    """Nothing else comes out of the library, whatever is done with whatever."""
    assert answered(text)


@given(st.text(alphabet="valueshb.()[]{}'\"\\:?&|!=<>+-*/% \n0123456789xXuU", max_size=40))
@settings(max_examples=300, deadline=None)
def test_every_text_has_an_answer_or_a_reason(text: str) -> None:
    assert answered(text)
