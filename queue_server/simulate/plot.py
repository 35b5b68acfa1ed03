"""A picture of compared staffings, PNG or SVG by the file's name; knows matplotlib, no rules and no search."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from queue_server.simulate.compare import Compared
from queue_server.simulate.summary import Estimate
from queue_server.simulate.words import Words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = (".png", ".svg")
CJK_FAMILY = "Noto Sans CJK"
NO_FONT = (
    "There is no font with Chinese characters for the picture: install Debian's fonts-noto-cjk, or ask for it with "
    "--language en."
)
DOTS_PER_INCH = 160
SIZE_INCHES = (10.0, 4.6)
INK, CALM, MARK, BAND, GRID = "#1f2937", "#2563a8", "#c2571a", "#9db9d8", "#e5e7eb"
MUTED = "#6b7280"
TICKS_MIN = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 960)


class NoFontError(RuntimeError):
    """The picture's words cannot be drawn with the fonts of this machine."""


def font_family(chinese: bool, names: Collection[str]) -> list[str]:
    """Of the fonts there are, those for the picture's words. Raises NoFontError when none has Chinese ones."""
    # SC draws the characters as they are written in China; the others of the family are a stand-in.
    cjk = [name for name in (f"{CJK_FAMILY} SC", *sorted(names)) if name in names and name.startswith(CJK_FAMILY)]
    if chinese and not cjk:
        raise NoFontError(NO_FONT)
    return [*cjk[:1], "DejaVu Sans"]


def draw(compared: Sequence[Compared], path: Path, title: str, limit_s: float | None, words: Words) -> None:
    """limit_s: the one target of all services, None when they differ. Raises NoFontError, OSError."""
    from matplotlib import font_manager, rc_context, rcParams
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    style: Any = {  # matplotlib types the name of every one of its 300 settings
        "font.family": font_family(words.chinese, {font.name for font in font_manager.fontManager.ttflist}),
        "font.size": 10,
        "svg.fonttype": "path",
        "svg.hashsalt": "queue-server",
        "axes.edgecolor": GRID,
        "axes.labelcolor": INK,
        "text.color": INK,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "axes.unicode_minus": False,
    }
    with rc_context():
        rcParams.update(style)
        figure = Figure(figsize=SIZE_INCHES, layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(title, fontsize=12, x=0.01, ha="left")
        waits, shares = figure.subplots(1, 2)
        _waits(waits, compared, limit_s, words)
        _shares(shares, compared, words)
        shares.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        for axes in (waits, shares):
            axes.set_xlabel(words.say("plot_windows"))
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
            axes.grid(axis="y", color=GRID, linewidth=0.8)
            axes.set_axisbelow(True)
            axes.spines[["top", "right", "left"]].set_visible(False)
            axes.tick_params(length=0)
        metadata = {"Date": None} if path.suffix == ".svg" else None  # the same figures give the same file
        figure.savefig(path, dpi=DOTS_PER_INCH, facecolor="white", metadata=metadata)


def _waits(axes: Axes, compared: Sequence[Compared], limit_s: float | None, words: Words) -> None:
    counts = [len(one.windows) for one in compared]
    whole = [one.summary.whole for one in compared]
    mean = [_minutes(one.mean_s) for one in whole]
    around = [(one.mean_s.half_width or 0.0) / 60 for one in whole]
    axes.fill_between(
        counts,
        [max(TICKS_MIN[0], value - half) for value, half in zip(mean, around, strict=True)],
        [value + half for value, half in zip(mean, around, strict=True)],
        color=BAND,
        alpha=0.5,
        linewidth=0,
    )
    for values, name, color, dashes in (
        ([_minutes(one.p90_s) for one in whole], "plot_p90", MARK, "-"),
        (mean, "plot_mean", CALM, "-"),
        ([_minutes(one.p50_s) for one in whole], "plot_p50", CALM, ":"),
    ):
        axes.plot(counts, values, dashes, color=color, marker="o", markersize=4, linewidth=1.8, label=words.say(name))
    if limit_s is not None:
        axes.axhline(limit_s / 60, color=MUTED, linewidth=1, linestyle="--", label=words.say("plot_target"))
    axes.set_yscale("log")  # halls with too few windows wait hours: the minutes are what one looks for
    axes.set_yticks(TICKS_MIN, [f"{tick:g}" for tick in TICKS_MIN])
    axes.minorticks_off()
    most = max(_minutes(one.p90_s) for one in whole)
    axes.set_ylim(TICKS_MIN[0] * 0.8, next((tick for tick in TICKS_MIN if tick >= most), most) * 1.1)
    axes.set_title(words.say("plot_wait"), loc="left", fontsize=10, color=MUTED)
    axes.legend(frameon=False, loc="upper right")


def _minutes(estimate: Estimate) -> float:
    return max(TICKS_MIN[0], (estimate.value or 0.0) / 60)


def _shares(axes: Axes, compared: Sequence[Compared], words: Words) -> None:
    counts = [len(one.windows) for one in compared]
    within = [one.summary.whole.within for one in compared]
    use = []
    for one in compared:
        planned_s = sum(window.planned_s for window in one.summary.windows)
        engaged_s = sum((window.use.value or 0.0) * window.planned_s for window in one.summary.windows)
        use.append(engaged_s / planned_s if planned_s else 0.0)
    axes.errorbar(
        counts,
        [share.value or 0.0 for share in within],
        [share.half_width or 0.0 for share in within],
        color=CALM,
        marker="o",
        markersize=4,
        linewidth=1.8,
        capsize=3,
        elinewidth=1,
        label=words.say("plot_share"),
    )
    axes.plot(counts, use, ":", color=MUTED, marker="o", markersize=4, linewidth=1.8, label=words.say("plot_use"))
    axes.set_ylim(0, 1.05)
    axes.set_title(f"{words.say('plot_share')} · {words.say('plot_use')}", loc="left", fontsize=10, color=MUTED)
    axes.legend(frameon=False, loc="lower right")
