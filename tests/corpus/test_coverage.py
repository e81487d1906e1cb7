from corpus.coverage import cover


def test_a_text_divided_without_gap_or_overlap_is_covered():
    found = cover("one two three", [(0, 3), (4, 7), (8, 13)])

    assert found.share == 1.0
    assert found.complete


def test_white_space_is_nobodys():
    found = cover("one \n\n two", [(0, 3), (7, 10)])

    assert found.complete


def test_words_in_no_range_are_lost():
    found = cover("one two three four", [(0, 3), (14, 18)])

    assert found.lost == ((4, 13),)
    assert found.doubled == ()
    assert found.share == 7 / 15


def test_words_in_two_ranges_are_doubled_and_count_as_uncovered():
    found = cover("one two three", [(0, 7), (4, 13)])

    assert found.doubled == ((4, 7),)
    assert found.lost == ()
    assert found.share == 8 / 11


def test_only_the_part_asked_for_is_judged():
    found = cover("front one two back", [(6, 13)], start=5, end=13)

    assert found.complete


def test_a_range_that_reaches_beyond_the_part_counts_up_to_its_edge():
    found = cover("front one two", [(0, 9)], start=6)

    assert found.lost == ((10, 13),)


def test_a_blank_text_is_covered():
    assert cover(" \n ", []).share == 1.0


def test_ranges_in_any_order_give_the_same_answer():
    ranges = [(0, 3), (4, 7), (8, 13)]

    assert cover("one two three", ranges) == cover("one two three", list(reversed(ranges)))
