"""Replies and texts as HTML: what is quoted stands as it is, and nothing in it becomes markup."""

from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from assistant.answers import Answer, Citation, Counterpart, Form, Pair, Reason, Refusal
from assistant.query import Understood
from assistant.web import comparison, overview, reading
from assistant.web.quotations import address, marked
from assistant.web.view import reply
from corpus.clauses import LANGUAGES, Clause, Note, Revision, Source
from corpus.holdings import Corpus, Document, DocumentProblem
from corpus.references import InternalReference, Reference

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> ${1+1} {{value}} {0} **b** `c` "
    '"\' onclick="alert(3)" &lt;b&gt; </blockquote></div>'
)
EXAMPLES = {
    language: tuple(f"{language} question {n}" for n in range(1, 4)) for language in LANGUAGES
}
TAGS = {
    "a", "article", "bdi", "blockquote", "button", "code", "del", "details", "div", "figcaption",
    "figure", "form", "h1", "h2", "h3", "h4", "header", "input", "ins", "label", "li", "nav",
    "option", "p", "s", "section", "select", "span", "strong", "summary", "sup", "table", "tbody",
    "td", "th", "thead", "tr", "ul",
}  # fmt: skip
NEVER_CLOSED = {"input"}


class Read(HTMLParser):
    """HTML read back: its elements, and the text in each; unbalanced tags are an error."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[int] = []
        self.feed(html)
        self.close()
        assert not self._open, "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag not in NEVER_CLOSED:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for at in self._open:
            self.elements[at][2].append(data)

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _, _ in self.elements}

    def of_class(self, name: str) -> list[tuple[dict[str, str], str]]:
        """Attributes and text of every element of that class, in order."""
        return [
            (attributes, "".join(text))
            for _, attributes, text in self.elements
            if name in attributes.get("class", "").split()
        ]

    def of_tag(self, wanted: str) -> list[tuple[dict[str, str], str]]:
        return [
            (attributes, "".join(text)) for tag, attributes, text in self.elements if tag == wanted
        ]


def a_revision(year: int = 2022, language: str = "zh", title: str = "题目") -> Revision:
    return Revision(
        body="wtsa",
        number="75",
        year=year,
        place="Geneva" if year == 2022 else "Johannesburg",
        language=language,
        title=title,
        revised=year == 2022,
    )


def a_clause(
    text: str,
    label: str = "1",
    section: str = "resolves",
    phrase: str = "做出决议",
    *,
    revision: Revision | None = None,
    notes: Sequence[Note] = (),
) -> Clause:
    return Clause(
        revision=revision or a_revision(),
        section=section,
        phrase=phrase,
        addressees=(),
        label=label,
        text=text,
        source=Source("file.txt", ((0, 1),)),
        notes=tuple(notes),
    )


def a_corpus(*clauses: Clause) -> Corpus:
    return Corpus(
        clauses=clauses,
        documents=(Document(name="file.txt", sha256="0", text_sha256="0"),),
        digest="abcdef0123456789",
    )


def understood(question: str = "What?", language: str = "en", **known: object) -> Understood:
    values = {"question": question, "read_as": question, "interpreted": question, **known}
    return Understood(language=language, **values)  # type: ignore[arg-type]


def an_answer(*clauses: Clause, **more: object) -> Answer:
    values: dict[str, object] = {
        "understood": understood(),
        "form": Form.CLAUSES,
        "citations": tuple(Citation.whole(clause) for clause in clauses),
        "probability": 0.9,
    }
    return Answer(**{**values, **more})  # type: ignore[arg-type]


def a_refusal(reason: Reason, **more: object) -> Refusal:
    values: dict[str, object] = {"understood": understood(), "looked_for": "", "held": ()}
    return Refusal(reason=reason, **{**values, **more})  # type: ignore[arg-type]


def shown(said: Answer | Refusal, corpus: Corpus, language: str = "en") -> Read:
    return Read(reply(said, corpus, EXAMPLES, language=language))


# Quotations


def test_a_quotation_is_the_clause_character_for_character():
    clause = a_clause("第1332号决议：“A & B”<2030>；  两个 空格")
    corpus = a_corpus(clause)

    html = shown(an_answer(clause), corpus)

    [(_, words)] = html.of_class("words")
    assert words == clause.text


def test_part_of_a_clause_is_quoted_without_the_rest_and_opened_at_its_place():
    clause = a_clause("first half; second half;")
    said = an_answer(clause, citations=(Citation(clause, 12, 23),))

    html = shown(said, a_corpus(clause))

    [(_, words)] = html.of_class("words")
    [(figure, _)] = html.of_class("cited")
    assert words == "second half"
    assert figure["data-span"] == "12-23"


def test_a_citation_names_the_clause_in_the_language_of_the_question_and_leads_to_it():
    clause = a_clause("文", label="e/iii", section="considering", phrase="考虑到")

    html = shown(an_answer(clause), a_corpus(clause))

    [(link, citation)] = html.of_class("citation")
    assert citation == "Resolution 75 (Rev. Geneva, 2022), considering e) iii)"
    assert link["href"] == "?clause=wtsa-75@2022/considering/e/iii"


def test_a_chinese_quotation_keeps_its_direction_in_an_arabic_answer():
    clause = a_clause("2030年议程")

    html = shown(an_answer(clause, understood=understood(language="ar")), a_corpus(clause), "ar")

    [(article, _)] = html.of_class("reply")
    [(quotation, _)] = html.of_tag("blockquote")
    assert (article["lang"], article["dir"]) == ("ar", "rtl")
    assert (quotation["lang"], quotation["dir"]) == ("zh", "ltr")


def test_the_latin_label_of_an_arabic_citation_is_kept_from_being_turned_around():
    clause = a_clause("文", label="e/iii", section="considering", phrase="考虑到")

    html = shown(an_answer(clause, understood=understood(language="ar")), a_corpus(clause), "ar")

    assert ({"dir": "ltr"}, "e) iii)") in html.of_tag("bdi")


def test_a_text_that_is_not_held_in_the_language_of_the_question_is_said_to_be_so():
    clause = a_clause("文")

    html = shown(an_answer(clause), a_corpus(clause))

    assert ({"class": "note"}, "Text held in Chinese; no English version held.") in html.of_class(
        "note"
    )


def test_reasons_and_decisions_are_told_apart():
    reason = a_clause("a", label="a", section="considering", phrase="考虑到")
    decision = a_clause("b")

    html = shown(an_answer(reason, decision), a_corpus(reason, decision))

    tags = [(attributes["class"], text) for attributes, text in html.of_class("tag")]
    assert tags == [
        ("tag preamble", "preamble (reasons, not decisions)"),
        ("tag operative", "operative part"),
    ]


def test_a_proposal_is_marked_as_one():
    clause = a_clause("文", revision=replace(a_revision(), status="proposal"))

    html = shown(an_answer(clause), a_corpus(clause))

    [(_, warning)] = html.of_class("proposal")
    assert warning == "A PROPOSAL, not an adopted text"


def test_a_counterpart_is_a_link_to_its_clause_with_what_differs_marked():
    old = a_clause("采取适当行动，推动实施该决议", revision=a_revision(2008))
    new = a_clause("采取适当行动，推动落实该决议", label="5")
    said = an_answer(new, counterparts=(Counterpart(new, old.revision, old),))

    html = shown(said, a_corpus(old, new))

    [(details, summary)] = html.of_class("counterpart")
    assert details["data-clause"] == "wtsa-75@2008/resolves/1"
    assert "Resolution 75 (Johannesburg, 2008)" in summary
    assert [text for _, text in html.of_tag("del")] == ["实施"]


def test_a_counterpart_stands_below_the_clause_that_it_is_of():
    old = a_clause("甲", revision=a_revision(2008))
    first, second = a_clause("乙", "1"), a_clause("丙", "2")
    said = an_answer(first, second, counterparts=(Counterpart(first, old.revision, old),))

    html = reply(said, a_corpus(old, first, second), EXAMPLES, language="en")

    assert html.index("乙") < html.index("<details") < html.index("丙")


def test_a_missing_counterpart_is_said_to_be_missing():
    old = a_clause("甲", revision=a_revision(2008))
    new = a_clause("乙")

    html = shown(
        an_answer(new, counterparts=(Counterpart(new, old.revision, None),)), a_corpus(old, new)
    )

    assert "No corresponding clause in Resolution 75 (Johannesburg, 2008)." in [
        text for _, text in html.of_class("note")
    ]


def test_clauses_that_a_clause_points_to_are_folded_away_below_it():
    clause, target = a_clause("按照做出决议1", label="3"), a_clause("开展工作")

    html = shown(an_answer(clause, pointed_to=(target,)), a_corpus(target, clause))

    [(_, inner)] = html.of_class("pointed-to")
    assert target.text in inner
    assert clause.text not in inner


# Hostile text


@pytest.mark.parametrize(
    "said",
    [
        an_answer(a_clause(HOSTILE, phrase=HOSTILE)),
        an_answer(
            a_clause(HOSTILE),
            understood=understood(
                HOSTILE,
                references=(Reference(start=0, end=len(HOSTILE), number="75", body="wtsa"),),
            ),
        ),
        a_refusal(Reason.NOT_HELD, looked_for=HOSTILE),
        a_refusal(Reason.AMBIGUOUS, closest=(Citation.whole(a_clause(HOSTILE)),)),
        an_answer(
            a_clause("b"),
            form=Form.COMPARISON,
            pairs=(
                Pair(
                    a_clause(HOSTILE, revision=a_revision(2008)),
                    a_clause("b " + HOSTILE),
                    "changed",
                ),
            ),
        ),
    ],
    ids=["clause", "question", "looked-for", "readings", "comparison"],
)
def test_nothing_in_a_text_or_a_question_becomes_markup(said):
    corpus = a_corpus(a_clause(HOSTILE, phrase=HOSTILE))

    html = shown(said, corpus)

    assert html.tags <= TAGS
    assert not any(
        name.startswith("on") for _, attributes, _ in html.elements for name in attributes
    )
    assert "<script>alert(1)</script>" in "".join(html.elements[0][2])  # as text, as it stands


def test_nothing_in_a_document_becomes_markup_in_the_reader_or_the_library():
    revision = a_revision(title=HOSTILE)
    clause = a_clause(
        HOSTILE, phrase=HOSTILE, revision=revision, notes=[Note(mark=HOSTILE, text=HOSTILE, at=5)]
    )
    problem = DocumentProblem(kind="odd", message=HOSTILE, start=0)
    corpus = Corpus(
        clauses=(clause,),
        documents=(Document(name="file.txt", sha256="", text_sha256="", problems=(problem,)),),
        digest="0" * 64,
    )

    pages = [
        reading.text(corpus, revision, language="en"),
        overview.library(corpus, language="en"),
        overview.welcome(corpus, {"en": (HOSTILE,)}, language="en"),
    ]

    for page in map(Read, pages):
        assert page.tags <= TAGS
        assert any(HOSTILE in "".join(text) for _, _, text in page.elements)


# What was understood


def test_each_part_that_was_understood_can_be_taken_away():
    said = an_answer(
        a_clause("文"),
        understood=understood(
            "责成电信标准化局主任做什么？",
            "zh",
            years=(2022,),
            sections=("instructs",),
            addressees=("Director of TSB",),
        ),
    )

    html = shown(said, a_corpus(a_clause("文")), "zh")

    assert [
        attributes["data-without"]
        for attributes, _ in html.of_tag("button")
        if "data-without" in attributes
    ] == ["revision", "section", "addressee"]
    assert [text for _, text in html.of_tag("bdi")] == ["2022", "责成", "电信标准化局主任"]


def test_a_part_taken_over_from_an_earlier_question_says_so():
    said = an_answer(
        a_clause("文"),
        understood=understood(years=(2008,), lineage="wtsa-75", carried=("lineage",)),
    )

    html = shown(said, a_corpus(a_clause("文")))

    chips = [text for _, text in html.of_class("chip")]
    assert ["from an earlier question" in chip for chip in chips] == [True, False]


def test_a_part_taken_away_can_be_put_back():
    said = an_answer(a_clause("文"), understood=understood(ignored=frozenset({"revision"})))

    html = shown(said, a_corpus(a_clause("文")))

    assert [a["data-with"] for a, _ in html.of_tag("button") if "data-with" in a] == ["revision"]


def test_a_question_that_was_mended_shows_how_it_was_read():
    said = an_answer(
        a_clause("文"),
        understood=understood(
            "What is <b>stakholders</b>?", read_as="What is <b>stakeholders</b>?"
        ),
    )

    html = shown(said, a_corpus(a_clause("文")))

    [(_, chip)] = html.of_class("mended")
    assert chip == "What is <b>stakeholders</b>?"


def test_clauses_carried_from_an_earlier_question_are_named_not_cut_from_this_one():
    part = InternalReference(start=50, end=60, section="resolves", labels=("2", "3"))
    said = an_answer(
        a_clause("文"), understood=understood("And?", parts=(part,), carried=("parts",))
    )

    html = shown(said, a_corpus(a_clause("文")))

    assert [text for _, text in html.of_tag("bdi")] == ["resolves 2, 3"]


def test_what_a_reference_says_itself_is_not_said_again():
    question = "Resolution 75 (Rev. Geneva, 2022), resolves 3"
    reference = Reference(
        start=0, end=len(question), number="75", body="wtsa", year=2022, section="resolves"
    )
    said = an_answer(
        a_clause("文"),
        understood=understood(
            question, references=(reference,), years=(2022,), sections=("resolves",)
        ),
    )

    html = shown(said, a_corpus(a_clause("文")))

    assert [text for _, text in html.of_tag("bdi")] == [question]


# Refusals


def test_a_refusal_says_what_is_held_and_quotes_nothing_unfolded():
    clause = a_clause("文")
    said = a_refusal(Reason.NO_EVIDENCE, held=(clause.revision,), closest=(Citation.whole(clause),))

    html = shown(said, a_corpus(clause))

    [(_, sentence)] = html.of_class("sentence")
    [(_, folded)] = html.of_class("closest")
    assert "Resolution 75 (Rev. Geneva, 2022)" in sentence
    assert len(html.of_class("cited")) == 1
    assert clause.text in folded


def test_readings_of_an_ambiguous_question_are_buttons_that_ask_for_their_clause():
    clauses = [a_clause("甲"), a_clause("乙", label="2")]
    said = a_refusal(Reason.AMBIGUOUS, closest=tuple(map(Citation.whole, clauses)))

    html = shown(said, a_corpus(*clauses))

    assert [attributes["data-ask"] for attributes, _ in html.of_class("reading")] == [
        "Resolution 75 (Rev. Geneva, 2022), resolves 1",
        "Resolution 75 (Rev. Geneva, 2022), resolves 2",
    ]


def test_a_greeting_is_answered_with_three_questions_in_its_language():
    said = a_refusal(Reason.EMPTY, understood=understood("bonjour", "fr"))

    html = shown(said, a_corpus(a_clause("文")), "zh")

    assert [attributes["data-ask"] for attributes, _ in html.of_class("example")] == list(
        EXAMPLES["fr"]
    )


# Comparisons


def test_a_comparison_sets_counterparts_side_by_side_and_counts_them():
    old = [
        a_clause("采取适当行动，推动实施", revision=a_revision(2008)),
        a_clause("指定牵头人", label="2", revision=a_revision(2008)),
    ]
    new = [a_clause("采取适当行动，推动落实")]
    pairs = (Pair(old[0], new[0], "changed"), Pair(old[1], None, "removed"))

    html = shown(an_answer(*new, form=Form.COMPARISON, pairs=pairs), a_corpus(*old, *new))

    [(_, count)] = html.of_class("count")
    assert count == (
        "Resolution 75 (Johannesburg, 2008): 2; Resolution 75 (Rev. Geneva, 2022): 1. "
        "Corresponding: 1; without counterpart: 1; new: 0."
    )
    assert [attributes["class"] for attributes, _ in html.of_class("side")] == [
        "side old", "side new", "side old", "side new none",
    ]  # fmt: skip
    assert [text for _, text in html.of_tag("del")] == ["实施"]
    assert [text for _, text in html.of_tag("ins")] == ["落实"]


def test_marks_leave_every_character_in_its_place():
    was, should = "在2008年<前>，向理事会提交报告；", "在2022年<前>，向秘书长提交报告；"

    old, new = marked(was, should)

    assert "".join(Read(f"<p>{old}</p>").elements[0][2]) == was
    assert "".join(Read(f"<p>{new}</p>").elements[0][2]) == should
    assert [text for _, text in Read(f"<p>{old}</p>").of_tag("del")] == ["2008", "理事会"]


def test_where_next_to_nothing_stays_all_is_marked():
    old, new = marked("甲乙丙丁戊己庚辛，", "一二三四五六七八，")

    assert str(old) == "<del>甲乙丙丁戊己庚辛，</del>"
    assert str(new) == "<ins>一二三四五六七八，</ins>"


def test_without_two_revisions_there_is_nothing_to_compare():
    page = comparison.comparison_page(a_corpus(a_clause("文")), language="en")

    assert "nothing to compare" in page


def test_the_two_newest_revisions_are_chosen_for_a_comparison():
    corpus = a_corpus(
        *(a_clause("文", revision=replace(a_revision(), year=year)) for year in (2016, 2022, 2012))
    )

    html = Read(comparison.comparison_page(corpus, language="en"))

    chosen = [a["value"] for a, _ in html.of_tag("option") if "selected" in a]
    assert chosen == ["wtsa-75@2016", "wtsa-75@2022"]


# Texts


def test_a_text_has_each_clause_once_in_order_with_its_words():
    revision = a_revision()
    clauses = [
        a_clause("甲", "a", "considering", "考虑到", revision=revision),
        a_clause("乙", "a/i", "considering", "考虑到", revision=revision),
        a_clause("丙", "1", revision=revision),
    ]

    html = Read(reading.text(a_corpus(*clauses), revision, language="en"))

    assert [attributes["data-clause"] for attributes, _ in html.of_class("clause")] == [
        clause.id for clause in clauses
    ]
    assert [words for _, words in html.of_class("words")] == ["甲", "乙", "丙"]
    assert [text for _, text in html.of_class("heading")] == ["考虑到", "做出决议"]
    assert [text for _, text in html.of_class("part")] == [
        "preamble (reasons, not decisions)",
        "operative part",
    ]


def test_a_footnote_stands_under_its_clause_and_its_mark_at_its_place():
    clause = a_clause("members and observers", notes=[Note(mark="1", text="As listed.", at=7)])

    html = Read(reading.text(a_corpus(clause), clause.revision, language="en"))

    [(_, words)] = html.of_class("words")
    [(_, note)] = html.of_class("footnote")
    assert words == "members1 and observers"
    assert note == "1 As listed."


def test_the_other_revisions_of_a_text_are_a_click_away_newest_first():
    corpus = a_corpus(a_clause("旧", revision=a_revision(2008)), a_clause("新"))

    html = Read(reading.text(corpus, a_revision(2008), language="en"))

    buttons = [
        (a["data-read"], a["aria-pressed"]) for a, _ in html.of_tag("button") if "data-read" in a
    ]
    assert buttons == [("wtsa-75@2022", "false"), ("wtsa-75@2008", "true")]


def test_an_older_text_says_that_a_later_one_is_held():
    corpus = a_corpus(a_clause("旧", revision=a_revision(2008)), a_clause("新"))

    html = Read(reading.text(corpus, a_revision(2008), language="en"))

    [(_, line)] = html.of_class("superseded")
    assert line == "A later revision is held: Resolution 75 (Rev. Geneva, 2022)."


def test_an_address_names_the_language_only_where_a_text_is_held_in_several():
    chinese, english = a_clause("文"), a_clause("text", revision=a_revision(language="en"))

    alone = address(chinese, a_corpus(chinese))
    beside = address(chinese, a_corpus(chinese, english))

    assert alone == "?clause=wtsa-75@2022/resolves/1"
    assert beside == "?clause=wtsa-75@2022/resolves/1&text=zh"


# The rest of the page


def test_six_questions_to_begin_with_the_readers_language_first():
    html = Read(f"<div>{overview.example_buttons(EXAMPLES, language='ru', most=6)}</div>")

    languages = [attributes["lang"] for attributes, _ in html.of_class("example")]
    assert languages[:3] == ["ru", "ru", "ru"]
    assert len(languages) == 6
    assert len(set(languages)) == 4


def test_the_welcome_says_what_is_held():
    corpus = a_corpus(
        a_clause("旧", revision=a_revision(2008)), a_clause("新"), a_clause("二", "2")
    )

    html = Read(overview.welcome(corpus, EXAMPLES, language="en"))

    [(_, held), *_] = html.of_class("held")
    assert held == "Held: 2 texts, 3 clauses"


def test_the_welcome_names_each_revision_once_newest_first_and_leads_to_the_rest():
    corpus = a_corpus(
        *(a_clause("文", revision=replace(a_revision(), year=year)) for year in (2008, 2012, 2016)),
        a_clause("文", revision=a_revision(2022)),
        a_clause("text", revision=a_revision(2022, "en", title="A title")),
    )

    html = Read(overview.welcome(corpus, EXAMPLES, language="en"))

    assert [a["data-read"] for a, _ in html.of_tag("a")] == [
        "wtsa-75@2022", "wtsa-75@2016", "wtsa-75@2012",
    ]  # fmt: skip
    assert html.of_class("title")[0][1] == "A title"
    assert "library" in [a.get("data-tab") for a, _ in html.of_tag("button")]


def test_the_library_has_a_row_for_each_text_and_tells_what_was_odd_in_it():
    problem = DocumentProblem(kind="odd", message="number without a section", start=3)
    corpus = replace(
        a_corpus(a_clause("旧", revision=a_revision(2008)), a_clause("新")),
        documents=(Document(name="file.txt", sha256="", text_sha256="", problems=(problem,)),),
    )

    html = Read(overview.library(corpus, language="en"))

    rows = [text for _, text in html.of_tag("tr")][1:]
    assert len(rows) == 2
    assert "Resolution 75 (Johannesburg, 2008)" in rows[0]
    assert "Latest held" in rows[1]
    assert "Latest held" not in rows[0]
    assert "number without a section" in rows[0]


def test_the_footer_has_version_digest_and_guarantee():
    html = overview.footer(a_corpus(a_clause("文")), "1.2.3", language="en")

    assert "1.2.3" in html
    assert "abcdef012345" in html
    assert "Quotations are exact" in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_all_its_wording_in_each_language(language):
    wording = overview.strings(language)

    assert wording.keys() == overview.strings("en").keys()
    assert all(wording.values())
    if language != "en":
        own = sum(wording[name] != overview.strings("en")[name] for name in wording)
        assert own > len(wording) * 0.9


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        (["fr-CH", "en"], "fr"),
        (["de-DE", "zh-Hant-TW", "en"], "zh"),
        (["de"], "en"),
        ([], "en"),
        (["AR"], "ar"),
        ([None, 3, "ru"], "ru"),
    ],
)
def test_the_page_speaks_the_first_language_wanted_that_it_knows(wanted, spoken):
    assert overview.preferred_language(wanted) == spoken
