from lxml import etree

from eval.junit import Check, Failure, checks_of_cases, junit
from tests.eval.builders import a_case, an_unanswerable_case, answered, measured, refused

RIGHT = "wtsa-75@2022/instructs/1"


def test_suites_are_counted_and_failures_told():
    text = junit(
        [
            (
                "floors",
                [Check("all", "R@1"), Check("kind=fact", "RR", Failure("low", "0.1 < 0.2"))],
            ),
            ("cases", [Check("zh.fact", "a")]),
        ]
    )

    root = etree.fromstring(text.encode())
    assert (root.get("tests"), root.get("failures")) == ("3", "1")
    assert [s.get("name") for s in root] == ["floors", "cases"]
    assert [(s.get("tests"), s.get("failures")) for s in root] == [("2", "1"), ("1", "0")]
    failure = root.find(".//testcase[@classname='kind=fact']/failure")
    assert (failure.get("type"), failure.get("message"), failure.text) == (
        "low",
        "0.1 < 0.2",
        "0.1 < 0.2",
    )


def test_markup_and_characters_that_xml_forbids_do_no_harm():
    message = "<b>&\x00\x0b\ud800 \u202e]]>\U0001f600"

    text = junit([("a<b", [Check('q"', "x&y", Failure("low", message))])])

    failure = etree.fromstring(text.encode()).find(".//failure")
    assert failure.text == "<b>& \u202e]]>\U0001f600"


def test_one_test_case_a_case_tells_how_it_went_wrong():
    cases = [
        a_case("a"),
        a_case("b", language="fr"),
        a_case("c"),
        an_unanswerable_case("d"),
        an_unanswerable_case("e"),
    ]
    outcomes = {"a": answered(RIGHT), "b": refused(), "c": answered("x"), "d": answered("y")}

    checks = checks_of_cases(measured(cases, {}, outcomes).results)

    assert [(c.group, c.name, c.failure and c.failure.kind) for c in checks] == [
        ("zh.fact", "a", None),
        ("fr.fact", "b", "wrong-refusal"),
        ("zh.fact", "c", "wrong-clause"),
        ("zh.unanswerable-far", "d", "wrong-answer"),
        ("zh.unanswerable-far", "e", None),
    ]
    assert checks[2].failure is not None
    assert f"wanted {RIGHT}; cited x" in checks[2].failure.message
