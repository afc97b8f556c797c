"""What Helm says when it cannot render, as both majors say it."""

from __future__ import annotations

import pytest

from deployer.tools.helm_refusals import Refusal, refusal, refused_values, values_in

ADVICE = "\n\nUse --debug flag to render out invalid YAML\n"
X = "course/templates/x.yaml"
INCLUDED = f"""\
Error: template: {X}:3:6: executing "{X}" at <include "d" .>: error calling include: template: \
course/charts/sub/templates/_d.tpl:7:12: executing "d" at <index .Values.list 3>: \
error calling index: index of untyped nil{ADVICE}"""
NIL = "nil pointer evaluating interface {}.c"


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        (
            f'Error: {X}:1:13\n  executing "{X}" at <.Values.a.b.c>:\n    {NIL}{ADVICE}',
            Refusal(cause=NIL, template=X, line=1, value=("a", "b", "c")),
        ),
        (
            f'Error: template: {X}:1:13: executing "{X}" at <.Values.a.b.c>: {NIL}{ADVICE}',
            Refusal(cause=NIL, template=X, line=1, value=("a", "b", "c")),
        ),
        (
            INCLUDED,
            Refusal(
                cause="index of untyped nil",
                template="course/charts/sub/templates/_d.tpl",
                line=7,
                value=("list",),
            ),
        ),
        (
            f"Error: execution error at ({X}:6:14): course.teacher is missing: say who{ADVICE}",
            Refusal(cause="course.teacher is missing: say who", template=X, line=6),
        ),
        (
            f'Error: parse error at ({X}:1): function "nosuch" not defined{ADVICE}',
            Refusal(cause='function "nosuch" not defined', template=X, line=1),
        ),
        (
            f"Error: YAML parse error on {X}: error converting YAML to JSON: yaml: line 3: not it{ADVICE}",
            Refusal(cause="no YAML: line 3: not it", template=X),
        ),
        (
            "Error: chart requires kubeVersion: >=1.40 which is incompatible with Kubernetes v1.34\n",
            Refusal(cause="chart requires kubeVersion: >=1.40 which is incompatible with Kubernetes v1.34"),
        ),
        (
            f'Error: {X}:1:9\n  executing "{X}" at <eq .Values.a .Values.b>:\n    no{ADVICE}',
            Refusal(cause="no", template=X, line=1),
        ),
        ("", Refusal(cause="no reason given")),
    ],
)
def test_template_value_and_cause_are_told_apart(said: str, understood: Refusal) -> None:
    assert refusal(said) == understood


def test_the_values_that_a_line_of_a_template_takes() -> None:
    line = '{{ required "x" .Values.a.b }}{{ .Values.a.b }}{{ $.Values.c_1 }}{{ .Valuesx.d }}'
    assert values_in(line) == (("a", "b"), ("c_1",))


@pytest.mark.parametrize(
    ("said", "values"),
    [
        (
            "- at '/hub/db/pvc': got string, want object\n- at '/a~1b/0': no\nother:\n- at '': not so\n",
            (
                ("jupyterhub", ("hub", "db", "pvc"), "got string, want object"),
                ("jupyterhub", ("a/b", "0"), "no"),
                ("other", (), "not so"),
            ),
        ),
        (
            "- hub.db: Invalid type. Expected: object, given: string\n- (root): Additional property x\n",
            (
                ("jupyterhub", ("hub", "db"), "Invalid type. Expected: object, given: string"),
                ("jupyterhub", (), "Additional property x"),
            ),
        ),
    ],
)
def test_what_a_schema_forbids_is_found_as_newer_and_older_helm_say_it(
    said: str, values: tuple[tuple[str, tuple[str, ...], str], ...]
) -> None:
    head = "values don't meet the specifications of the schema(s) in the following chart(s):\njupyterhub:\n"
    assert refused_values(f"level=INFO msg=x\nError: {head}{said}") == values
    assert refused_values(said) == ()
