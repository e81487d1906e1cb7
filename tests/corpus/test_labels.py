import pytest

from corpus.labels import Label, Sequence, parent_label, read_label


def label(text: str) -> Label:
    found = read_label(text)
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    ("text", "name", "bis", "rest"),
    [
        ("a) that", "a", "", " that"),
        ("a)that", "a", "", "that"),
        ("(iii) to", "iii", "", " to"),
        ("1\tto report", "1", "", "\tto report"),
        ("12 to report", "12", "", " to report"),
        ("3. Requests", "3", "", " Requests"),
        ("1.1 that", "1.1", "", " that"),
        ("1bis.1.2 that", "1bis.1.2", "", " that"),
        ("4.3bis that", "4.3", "bis", " that"),
        ("b)bis that", "b", "bis", " that"),
        ("bbis) que", "b", "bis", " que"),
        ("1 bis that", "1", "bis", " that"),
        ("7a) that", "7a", "", " that"),
        ("bb) that", "bb", "", " that"),
        ("A. d'approuver", "A", "", " d'approuver"),
        ("1° d'approuver", "1", "", " d'approuver"),
        ("а) что", "a", "", " что"),
        ("с) что", "c", "", " что"),
        ("д) что", "e", "", " что"),
        ("أ ) نص", "a", "", " نص"),
        ("ج- نص", "c", "", " نص"),
        ("هـ) نص", "e", "", " نص"),
        ("1 - تطلب", "1", "", " تطلب"),
        ("٢ - تطلب", "2", "", " تطلب"),
        ("（甲）要点", "a", "", "要点"),
        ("（二）要点", "2", "", "要点"),
        ("一、要点", "1", "", "要点"),
        ("③要点", "3", "", "要点"),
        ("１ 要点", "1", "", " 要点"),
        ("1在建议书中", "1", "", "在建议书中"),
    ],
)
def test_a_label_is_read_in_every_script(text: str, name: str, bis: str, rest: str):
    found = label(text)

    assert name in [reading.name for reading in found.readings]
    assert found.bis == bis
    assert text[found.end :] == rest


@pytest.mark.parametrize(
    "text",
    [
        "that it be so",
        "2010 was a year",
        "13.75-14 GHz",
        "i.e. that",
        "a.m. on Monday",
        "(2018) of",
        "to) whom",
        "and so on",
        "",
        "10,000 people",
        "3rd meeting",
    ],
)
def test_figures_and_words_of_a_sentence_are_no_labels(text: str):
    assert read_label(text) is None


def test_a_letter_that_may_be_a_figure_has_both_readings():
    readings = {reading.alphabet: reading.place for reading in label("v) x").readings}

    assert readings == {"letter": (22,), "roman": (5,)}


def placed(*printed: str) -> list[str]:
    """The paths at which labels end when each is placed after the other."""
    sequence = Sequence()
    paths = []
    for text in printed:
        found = label(f"{text} x")
        place = sequence.continues(found) or sequence.starts(found)
        paths.append("/".join(place.path) if place else "-")
    return paths


def test_lists_stand_below_one_another_and_go_on_where_they_stood():
    assert placed("a)", "b)", "i)", "ii)", "c)", "1)", "2)", "d)") == [
        "a", "b", "b/i", "b/ii", "c", "c/1", "c/2", "d",
    ]  # fmt: skip


def test_decimals_stand_below_their_number_without_repeating_it():
    assert placed("1", "1.1", "1.2", "a)", "2", "2.1", "2.1.1") == [
        "1", "1.1", "1.2", "1.2/a", "2", "2.1", "2.1.1",
    ]  # fmt: skip


def test_inserted_items_follow_the_one_they_are_inserted_after():
    assert placed("a)", "b)", "b)bis", "b)ter", "c)") == ["a", "b", "bbis", "bter", "c"]


def test_combined_labels_go_on_by_letter_and_by_number():
    assert placed("7a)", "7b)", "8a)", "8b)") == ["7a", "7b", "8a", "8b"]


def test_letters_of_other_scripts_continue_the_same_list():
    assert placed("а)", "b)", "с)", "d)") == ["a", "b", "c", "d"]


def test_after_z_letters_double():
    letters = [f"{letter})" for letter in "abcdefghijklmnopqrstuvwxyz"]

    assert placed(*letters, "aa)", "bb)")[-3:] == ["z", "aa", "bb"]


def test_what_does_not_go_on_is_placed_nowhere():
    assert placed("a)", "b)", "d)", "5", "c)") == ["a", "b", "-", "-", "c"]


def test_two_lists_of_one_kind_are_never_nested():
    assert placed("a)", "b)", "a)") == ["a", "b", "-"]


def test_a_label_after_a_gap_is_placed_as_skipping():
    sequence = Sequence()
    sequence.starts(label("a) x"))

    place = sequence.skips(label("c) x"))

    assert place is not None
    assert (place.path, place.skipped) == (("c",), True)


def test_a_figure_of_another_alphabet_with_the_next_place_goes_on():
    sequence = Sequence()
    sequence.starts(label("(1) x"))

    place = sequence.drifts(label("(ii) x"))

    assert place is not None
    assert place.path == ("ii",)


def test_a_figure_of_another_alphabet_that_is_not_the_next_goes_nowhere():
    sequence = Sequence()
    sequence.starts(label("(1) x"))

    assert sequence.drifts(label("(iii) x")) is None
    assert sequence.skips(label("(iii) x")) is None


@pytest.mark.parametrize(
    ("below", "above"),
    [
        ("e/iii", "e"),
        ("e", ""),
        ("4.1", "4"),
        ("4.1/a", "4.1"),
        ("2/4.1", "2/4"),
        ("section-2/a", "section-2"),
        ("", ""),
    ],
)
def test_a_label_tells_the_label_above_it(below: str, above: str):
    assert parent_label(below) == above
