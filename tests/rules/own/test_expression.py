"""Conditions in CEL: what they say, what they cannot say, and that they end."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.rules.own.budget import Budget
from deployer.rules.own.expression import Expression, NoAnswer
from deployer.rules.own.syntax import Malformed
from deployer.rules.own.values import Source

SECRET = "ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]"
DATA: dict[str, Any] = {
    "values": {
        "text": "hub.example.org",
        "number": 2,
        "half": 0.5,
        "large": 2**64,
        "yes": True,
        "nothing": None,
        "list": [1, 2, 3],
        "empty": [],
        "with-dash": "a",
        "memory": "16Gi",
        "profiles": [{"slug": "a", "default": True}, {"slug": "b"}],
        "secret": SECRET,
        "secrets": [SECRET, "a"],
    },
    "hub": {"name": "research"},
}


def holds(text: str) -> bool | None:
    budget = Budget()
    source = Source(budget=budget)
    variables = {name: source.value(data) for name, data in DATA.items()}
    return Expression.of(text, DATA).holds(variables, budget)


@pytest.mark.parametrize(
    "text",
    [
        'values.text == "hub.example.org" && hub.name != "lab"',
        'values["with-dash"] == "a" && values.list[0] == 1 && [1, 2][1] == 2',
        "values.number == 2 && values.number == 2.0 && values.half == 0.5 && 1u == 1",
        "values.number < 2.5 && values.half <= 1 && values.large > 1 && 'a' < 'b' && false < true",
        "1 + 2 == 3 && 7 / 2 == 3 && -7 / 2 == -3 && -7 % 3 == -1 && 2 * 3 - 1 == 5 && 1.5 / 2.0 == 0.75",
        "values.number-1 == 1 && -values.number == -2 && values.half * 2.0 == 1.0",
        "'a' + 'b' == 'ab' && [1] + [2] == [1, 2] && {'a': [1]} == {'a': [1]} && {'a': 1}.a == 1",
        "values.yes && !false && (false || true) && (values.yes ? true : false)",
        "true || values.missing && false && values.missing == 1 || values.missing",
        "has(values.text) && !has(values.missing) && !has(values.missing.deeper) && has(values.list[0])",
        "!has(values.nothing) && !('nothing' in values) && 'text' in values && 2 in values.list",
        "2.0 in values.list && !('2' in values.list) && !(4 in [])",
        "values.list.all(n, n > 0) && values.list.exists(n, n == 2) && values.list.exists_one(n, n == 2)",
        "values.empty.all(n, false) && !values.empty.exists(n, true) && !values.list.exists_one(n, n > 1)",
        "values.list.map(n, n * 2) == [2, 4, 6] && values.list.filter(n, n > 1) == [2, 3]",
        "values.profiles.filter(p, has(p.default) && p.default).size() == 1",
        "values.profiles.all(p, values.profiles.exists_one(q, q.slug == p.slug))",
        "hub.all(key, key == 'name') && hub.map(key, hub[key]) == ['research']",
        "size('abc') == 3 && 'abc'.size() == 3 && size([1]) == 1 && size(hub) == 1 && size('') == 0",
        "'abc'.contains('b') && 'abc'.startsWith('a') && 'abc'.endsWith('c') && !'abc'.contains('d')",
        r"'a1'.matches('^[a-z][0-9]$') && 'xa1'.matches('a') && !'b'.matches('a') && 'a.b'.matches(r'a\.b')",
        "type(1) == int && type(1.0) == double && type('') == string && type(null) == null_type",
        "type([]) == list && type(hub) == map && type(true) == bool && type(1) != type('')",
        "int('2') == 2 && int(2.9) == 2 && double('0.5') == 0.5 && string(2) == '2'",
        "bool('true') && dyn(1) == 1 && string(0.5) == '0.5' && string(true) == 'true'",
        "1 != '1' && null == null && null != 0 && true != 1 && [1] != ['1'] && {'a': 1} != {'a': 1, 'b': 2}",
        "quantity(values.memory) == quantity('17179869184') && quantity('500m') < quantity(1)",
        """'''ab''' == "ab" && r"\\d" == "\\\\d" && "\\x41\\u0042\\n" == "AB\\n" // a comment""",
        "values.secret == 'a' || true",
        "has(values.secret) && 'secret' in values && size(values.secrets) == 2",
        "values.secrets.exists(s, s == 'a')",
    ],
)
def test_what_is_true(text: str) -> None:
    assert holds(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "values.secret == 'a'",
        "!(values.secret == 'a')",
        "values.secret.startsWith('a') || false",
        "values.secret == 'a' && true",
        "(values.secret == 'a' ? true : true)",
        "values.secrets.all(s, s == 'a')",
        "values.secrets.map(s, s) == ['a', 'a']",
        "values.secrets.filter(s, s == 'a').size() == 1",
        "values.secrets == ['a', 'a']",
        "values.secrets.exists_one(s, s == 'a')",
        "values.secret in ['a', 'b']",
        "['a', 'b'][int(values.secret)] == 'a'",
        "values[values.secret] == 'a'",
        "quantity(values.secret) < 1.0 && size(values.secret) > 1 && -double(values.secret) < 1.0",
        "values.secret + 'a' == 'a' && type(values.secret) == string",
    ],
)
def test_what_is_encrypted_leaves_the_answer_open(text: str) -> None:
    assert holds(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("values.missing == 1", "there is no `missing`: ask `has(...)` first"),
        ("values['missing'] == 1", "there is no such key: ask `in` or `has(...)` first"),
        ("values.text.deeper == 1", "`deeper` is looked for in what is no map"),
        ("values.list[3] == 1", "the list has not so many items"),
        ("values.list[-1] == 1", "the list has not so many items"),
        ("values.list['a'] == 1", "`[...]` takes a key of a map or a number of a list"),
        ("values.text.all(c, true)", "`all` takes a list or a map before it"),
        ("null.exists(c, true)", "`exists` takes a list or a map before it"),
        ("values.list.all(n, n)", "a condition that is neither `true` nor `false`"),
        ("values.list.filter(n, n) == []", "a condition that is neither `true` nor `false`"),
        ("values.text", "it is neither `true` nor `false`"),
        ("values.number ? true : false", "`?` takes `true` or `false` before it"),
        ("!values.number", "`!` takes `true` or `false`"),
        ("1 < 'a'", "`<`, `<=`, `>` and `>=` take two numbers or two texts"),
        ("1 + 0.5 == 1.5", "numbers of two kinds: make them one with `int(...)` or `double(...)`"),
        ("'a' - 'b' == 'c'", "arithmetic takes numbers, and `+` two texts or two lists too"),
        ("'%s' % 1 == '1'", "arithmetic takes numbers, and `+` two texts or two lists too"),
        ("1.5 % 1.0 == 0.5", "arithmetic that these numbers do not have"),
        ("1 / 0 == 1", "a division by zero"),
        ("9223372036854775807 + 1 == 1", "a number out of range"),
        ("int('a') == 1", "a value that cannot be made a number"),
        ("int(1e300 * 1e300) == 1", "a value that cannot be made a number"),
        ("bool(1)", "`bool` takes a truth value, or the text of one"),
        ("string([]) == ''", "`string` takes a text, a number or a truth value"),
        ("size(1) == 1", "`size` takes a text, a list or a map"),
        ("'a'.contains(1)", "`contains` takes two texts"),
        ("'a'.matches('(')", "`matches` takes a regular expression of RE2's syntax"),
        ("quantity('much') > 1.0", "`quantity` takes an amount, such as `10Gi`, `500m` or 2"),
        ("1 in 'a'", "`in` takes a list or a map behind it"),
        ("{[]: 1} == {}", "values of types that do not fit together"),
        ("1 && 2", "`&&` and `||` take `true` or `false`"),
        ("values.missing && values.absent", "there is no `missing`: ask `has(...)` first"),
    ],
)
def test_what_has_no_answer_says_why(text: str, why: str) -> None:
    with pytest.raises(NoAnswer) as caught:
        holds(text)
    assert str(caught.value) == why


def chain(macro: str, times: int) -> str:
    return "".join(macro for _ in range(times))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (chain("[1, 2, 3, 4, 5, 6, 7, 8, 9].all(x, ", 9) + "true" + ")" * 9, "it takes too long"),
        (f"[1]{chain('.map(x, [x, x])', 40)}.all(x, x == x)", "it takes too long"),
        (f"['a']{chain('.map(x, x + x)', 40)} == []", "more than 100,000 characters or items put together"),
        (f"[[1]]{chain('.map(x, x + x)', 40)} == []", "more than 100,000 characters or items put together"),
        ("['a' * 1000000000] == []", "arithmetic takes numbers"),
        (chain("!", 200) + "true", "it goes too deep"),
    ],
)
def test_what_would_run_or_grow_for_ever_is_given_up(text: str, why: str) -> None:
    with pytest.raises(NoAnswer, match=why):
        holds(text)


def test_long_lists_and_maps_of_ours_cost_what_they_are_long() -> None:
    budget = Budget()
    long = Source(budget=budget).value({"list": [{"a": 1}] * 20_000})
    with pytest.raises(NoAnswer, match="it takes too long"):
        Expression.of("v.list.all(x, size(v.list) > 0)", ["v"]).holds({"v": long}, budget)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("has(values.text", 1, "not CEL: it ends too early"),
        ("", 1, "not CEL: it ends too early"),
        ("true &&& false", 1, "not CEL: `&` is not expected here"),
        ("true\n  && values.x.\n  ) == 1", 3, "not CEL: `)` is not expected here"),
        ("values.text = 'a'", 1, "not CEL: `=` is not expected here"),
        ("has(valeus.text)", 1, "no such name: `valeus`; did you mean `values`?"),
        ("hub.name.startWith('a')", 1, "no such function: `startWith`; did you mean `startsWith`?"),
        ("true &&\nsise(hub) == 1", 2, "no such function: `sise`; did you mean `size`?"),
        ("size() == 1", 1, "`size` takes one argument, not 0"),
        ("values.list.all(n > 1)", 1, "`all` takes 2 arguments, not 1"),
        ("'a'.size(1) == 1", 1, "`size` takes no arguments, not 1"),
        (
            "values.list.all(hub.name, true)",
            1,
            "`all` takes a new name first, as in `list.all(item, item > 1)`",
        ),
        ("values.list.all(n, m > 1)", 1, "no such name: `m`; known: hub, n, values"),
        ("values.list.all(n, true) && n > 1", 1, "no such name: `n`; known: hub, values"),
        ("has(values)", 1, "`has` takes a key of something, as in `has(a.b)`"),
        ("has('a' + 'b')", 1, "`has` takes a key of something, as in `has(a.b)`"),
        ("hub{name: 'a'} == hub", 1, "not known here: messages, as in `a{b: 1}`"),
        (".hub == hub", 1, "not known here: a `.` with nothing before it"),
        ("99999999999999999999 > 1", 1, "out of range: `99999999999999999999`"),
        (
            "'''a\nb''' == 'a'",
            1,
            "a text over several lines, which the library joins: write `\\n` for a line break",
        ),
        (r"'\Uffffffff' == 'a'", 1, r"out of range: `'\Uffffffff'`"),
        ("(" * 1900 + "true", 1, "not CEL: it ends too early"),
        ("!" * 3000 + "true", 1, "nested too deeply: make several rules of it"),
        ("true || " * 490 + "true", 1, "nested too deeply: make several rules of it"),
        ("true || " * 500 + "true", 1, "longer than 4,000 characters: make several rules of it"),
    ],
)
def test_what_is_no_condition_says_where_and_why(text: str, line: int, message: str) -> None:
    with pytest.raises(Malformed) as caught:
        holds(text)
    assert (caught.value.line, caught.value.message) == (line, message)


@pytest.mark.parametrize("name", ["duration", "timestamp", "bytes", "list", "min", "reduce", "getDate"])
def test_what_could_take_very_long_or_is_not_cel_is_not_there(name: str) -> None:
    for text in (f"{name}('1h') == 1", f"values.list.{name}() == 1"):
        with pytest.raises(Malformed, match="no such function"):
            holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "values.a.b == 1",
        "values.b.a == 1",
        "-values.a == 1",
        "values.a.all(x, true)",
        "int(values.a) > 1",
        "values.a.matches('(' + values.a)",
        "values.b.c(1)",
        "values.a < 1",
        "values.a && values.a",
        "{[values.a]: 1} == {}",
    ],
)
def test_no_message_repeats_a_value(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    secret = "hunter2"
    variables = {"values": Source(budget=Budget()).value({"a": secret, "b": {secret: [secret]}})}
    with pytest.raises((NoAnswer, Malformed)) as caught:
        Expression.of(text, variables).holds(variables, Budget())
    assert secret not in "".join((str(caught.value), *capfd.readouterr()))
