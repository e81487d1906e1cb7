import pytest

from corpus.readers.proposals import proposal_mark


@pytest.mark.parametrize(
    ("paragraph", "mark"),
    [
        ("MOD\tARB/43A16/1", "MOD"),
        ("ADD RCC/62A1/1", "ADD"),
        ("SUP\u00a0EUR/45A23/1#1234", "SUP"),
        ("NOC", "NOC"),
        ("MOD", "MOD"),
        ("MODERN", ""),
        ("ADD the following", ""),
        ("mod ARB/43A16/1", ""),
        ("A/RES/70/1", ""),
    ],
)
def test_a_proposal_is_told_by_its_mark(paragraph, mark):
    assert proposal_mark(["Cover", paragraph, "RESOLUTION 99"]) == mark


def test_a_mark_without_a_number_is_believed_only_near_the_head():
    far_down = [f"paragraph {number}" for number in range(40)]

    assert proposal_mark([*far_down, "ADD"]) == ""
    assert proposal_mark([*far_down, "ADD\tXYZ/7/2"]) == "ADD"
