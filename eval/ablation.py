"""What each step is worth: the ranking measured again with one of them left out.

`python -m eval ablate` prints it. A signal is left out by a weight of 0 (the other weights stay as
they are fitted), a part of the understanding by not reading it from the question.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.answering import Assistant
    from eval.cases import Case

MEASURES = ("R@1", "R@3", "R@5", "RR", "nDCG@10")


class Without:
    """The assistant's search without some parts of the understanding."""

    def __init__(self, assistant: "Assistant", ignored: Sequence[str]) -> None:
        self.name = "without " + ", ".join(ignored)
        self._assistant = assistant
        self._ignored = tuple(ignored)

    def search(
        self, question: str, *, history: Sequence[str], top: int
    ) -> Sequence[tuple[str, float]]:
        understood = self._assistant.understand(question, history=history, ignored=self._ignored)
        return [(hit.clause.id, hit.score) for hit in self._assistant.search(understood, top=top)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a row for the whole, and one for each step that is left out."""
    parser = argparse.ArgumentParser(
        prog="python -m eval ablate", description="Measure the ranking with each step left out."
    )
    parser.add_argument("--split", choices=("train", "test"), default="test")
    options = parser.parse_args(arguments)

    from assistant.query import PARTS  # noqa: PLC0415
    from assistant.retriever import (  # noqa: PLC0415
        FIRST_LOOK,
        SECOND_FEATURES,
        shipped_weights,
    )
    from eval.__main__ import CASES  # noqa: PLC0415
    from eval.cases import load_cases  # noqa: PLC0415
    from eval.systems import open_system  # noqa: PLC0415

    opened = open_system()
    assistant: Assistant = opened.system.assistant  # type: ignore[attr-defined]
    cases = [
        case
        for case in load_cases([Path(CASES)], held={"founding": opened.held.ids})
        if case.split == options.split and case.corpus == "founding" and case.relevant
    ]
    weights = shipped_weights()
    print(f"{'':<24}" + "".join(f"{name:>9}" for name in MEASURES))
    _row("all steps", Without(assistant, ()), cases)
    assistant.retriever.reweigh({FIRST_LOOK: weights[FIRST_LOOK]})
    _row("without a second look", Without(assistant, ()), cases)
    for feature in SECOND_FEATURES:
        assistant.retriever.reweigh(
            {look: {**of_look, feature: 0.0} for look, of_look in weights.items()}
        )
        _row(f"without {feature}", Without(assistant, ()), cases)
    assistant.retriever.reweigh(weights)
    for part in PARTS:
        _row(f"{part} not understood", Without(assistant, (part,)), cases)
    _row("nothing understood", Without(assistant, PARTS), cases)
    return 0


def _row(name: str, searcher: Without, cases: Sequence["Case"]) -> None:
    from eval.measure import measure_ranking, summarise  # noqa: PLC0415

    clock: Callable[[], float] = time.perf_counter
    scores = summarise(measure_ranking(searcher, cases, clock=clock).results)[0].scores
    print(f"{name:<24}" + "".join(f"{scores[measure].value:>9.3f}" for measure in MEASURES))
    print(f"measured: {name}", file=sys.stderr)
