"""The figures of a report, as SVG that is the same for the same scores."""

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from corpus.errors import ExpectedError
from eval.measure import Group
from eval.metrics import Bin

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = ("#1b4f8f", "#6fa3d8", "#c9822b")
_CHANCE = "#999999"


def bars(groups: Sequence[Group], labels: Sequence[str], names: Sequence[str]) -> bytes:
    """The means of a few measures side by side for each group, with their intervals."""

    def draw(axes: "Axes") -> None:
        width = 0.8 / len(names)
        for offset, (name, colour) in enumerate(zip(names, _COLOURS, strict=False)):
            scores = [group.scores.get(name) for group in groups]
            places = [index + offset * width for index in range(len(groups))]
            values = [score.value if score else 0.0 for score in scores]
            lows, highs = [], []
            for value, score in zip(values, scores, strict=True):
                bounded = score is not None and score.low is not None and score.high is not None
                lows.append(max(0.0, value - score.low) if bounded else 0.0)  # type: ignore[operator, union-attr]
                highs.append(max(0.0, score.high - value) if bounded else 0.0)  # type: ignore[operator, union-attr]
            axes.bar(
                places,
                values,
                width,
                yerr=[lows, highs],
                label=name,
                color=colour,
                error_kw={"elinewidth": 0.8, "ecolor": "#444444"},
            )
        middle = 0.4 - width / 2
        axes.set_xticks([index + middle for index in range(len(groups))], labels)
        axes.tick_params(axis="x", rotation=30 if len(groups) > 7 else 0)
        axes.set_ylim(0, 1.02)
        if len(names) > 1:
            axes.legend(
                loc="lower left",
                bbox_to_anchor=(0, 1),
                ncols=len(names),
                frameon=False,
                fontsize=8,
            )

    return _svg(draw, width=max(5.0, 0.75 * len(groups) + 1.5), height=3.2)


def reliability_diagram(bins: Sequence[Bin]) -> bytes:
    """How often questions given about the same probability could indeed be answered."""

    def draw(axes: "Axes") -> None:
        filled = [
            (column.confidence, column.accuracy, column.count)
            for column in bins
            if column.confidence is not None and column.accuracy is not None
        ]
        most = max((count for _, _, count in filled), default=1)
        axes.plot([0, 1], [0, 1], color=_CHANCE, linewidth=0.8, linestyle="--")
        axes.plot([x for x, _, _ in filled], [y for _, y, _ in filled], color=_COLOURS[1])
        axes.scatter(
            [x for x, _, _ in filled],
            [y for _, y, _ in filled],
            s=[20 + 160 * count / most for _, _, count in filled],
            color=_COLOURS[0],
            zorder=3,
        )
        axes.set_xlabel("confidence given")
        axes.set_ylabel("share answerable")
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.05)

    return _svg(draw, width=4.2, height=3.6)


def decision_curve(positives: Sequence[float], negatives: Sequence[float]) -> bytes:
    """Every threshold on the confidence: answers lost against wrong answers let through (ROC)."""

    def draw(axes: "Axes") -> None:
        thresholds = sorted({*positives, *negatives}, reverse=True)
        kept = [0.0, *(_share(positives, threshold) for threshold in thresholds)]
        let_through = [0.0, *(_share(negatives, threshold) for threshold in thresholds)]
        axes.plot([0, 1], [0, 1], color=_CHANCE, linewidth=0.8, linestyle="--")
        axes.plot(let_through, kept, color=_COLOURS[0])
        axes.set_xlabel("unanswerable, answered all the same")
        axes.set_ylabel("answerable, answered")
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.02, 1.02)

    return _svg(draw, width=4.2, height=3.6)


def _share(values: Sequence[float], threshold: float) -> float:
    return sum(value >= threshold for value in values) / len(values)


def _svg(draw: Callable[["Axes"], None], *, width: float, height: float) -> bytes:
    try:
        from matplotlib import rc_context  # noqa: PLC0415  # heavy, and wanted for HTML alone
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise ExpectedError(
            "the HTML report needs matplotlib: pip install 'resolutions-assistant[eval]'"
        ) from error
    # Ids from a fixed salt and no date, so that equal scores give equal files; text as outlines,
    # so that no font is asked for.
    with rc_context({"svg.hashsalt": "eval", "svg.fonttype": "path", "font.size": 9}):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots()
        axes.spines[["top", "right"]].set_visible(False)
        draw(axes)
        buffer = io.BytesIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(buffer, format="svg", metadata=nothing)
    return buffer.getvalue()
