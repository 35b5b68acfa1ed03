"""Runs a hall forward many times at once by its order rule; knows chance and files, not where the figures come from.

Every sample is the same hall with another luck. A step calls, in every sample, one ticket to the window that is free
first there. What `queue_server/hall/order.py` decides for one hall is decided here for all samples with arrays; a
test holds both against each other. Times are seconds from now, negative ones lie in the past.

A file is a queue of entries sorted by place: `ordinary`, `priority` and `due` ones of every line, in this order.
An entry is a waiting ticket, or somebody who will come later, or a *probe*: a newcomer who asks nothing of
the window that calls it, so that one run answers for every service without one newcomer being in another's way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = np.inf
BLOCK = 64  # steps whose chance is drawn at once
LONG_AGO = 1_000_000  # of a share that nobody has used yet
STEPS_BEYOND = 1500  # steps beside those that call entries: breaks, waiting for somebody to come


@dataclass(slots=True)
class Scene:
    """What is known now. S samples, W windows, L lines, E entries, K breaks a window.

    own, then: W × L, what a window serves, and what only when the first has nobody. target_s: 3 L.
    place_s: S × E, when an entry arrived, for `due` when its slot begins; every file ends with an entry at NEVER.
    first: where each file begins, 3 L. ticket: E, its column in the answer, or -1. kind: E, its row in `tables`.
    probe: E. gone_s: S × E, when it gives up. came_s: E, since when it has waited.
    free_s: S × W. break_from_s, break_to_s: S × W × K. share: of priority, 0 or 1: no limit.
    window_run, line_run: ordinary calls since the last priority one.
    tables: kinds × GRID seconds from call to end. pace: S × W × kinds. absent: by whole minutes waited, the share
    who do not come. absent_s, between_s: GRID seconds until such a call is given up, and from an end to the next call.
    """

    own: Bools
    then: Bools
    target_s: Floats
    place_s: Floats
    first: Ints
    ticket: Ints
    kind: Ints
    probe: Bools
    gone_s: Floats
    free_s: Floats
    break_from_s: Floats
    break_to_s: Floats
    share: int
    window_run: Ints
    line_run: Ints
    tables: Floats
    pace: Floats
    absent: Floats
    absent_s: Floats
    between_s: Floats
    wanted: int  # columns of the answer


def run(scene: Scene, chance: np.random.Generator) -> Floats:
    """S × wanted: when each is called, NEVER for those who are not. `scene` is used up."""
    return _Run(scene, chance).run()


class _Run:
    def __init__(self, scene: Scene, chance: np.random.Generator) -> None:
        self.s, self.chance = scene, chance
        self.samples, self.windows = scene.free_s.shape
        self.lines = scene.own.shape[1]
        self.rows = np.arange(self.samples)
        self.at = np.tile(scene.first, (self.samples, 1))
        self.head = scene.place_s[self.rows[:, None], self.at]
        self.called = np.full((self.samples, scene.wanted + 1), NEVER)  # the last column takes what nobody asked for
        self.window_run = np.tile(scene.window_run, (self.samples, 1))
        self.line_run = np.tile(scene.line_run, (self.samples, 1))
        ends = np.append(scene.first[1:], len(scene.ticket))
        sizes = ends - scene.first - 1
        self.has_priority = bool(sizes[self.lines : 2 * self.lines].any())
        self.has_due = bool(sizes[2 * self.lines :].any())
        self.has_then = bool(scene.then.any())
        self.serves = scene.own | scene.then
        self.gap = scene.share - 1
        self.has_breaks = scene.break_from_s.shape[2] > 0
        self.left = np.full(self.samples, int((scene.ticket >= 0).sum()))

    def run(self) -> Floats:
        s = self.s
        cap = len(s.ticket) + STEPS_BEYOND
        draws: Floats = np.empty((0, 3, self.samples))
        for step in range(cap):
            if step % BLOCK == 0:
                if self._over():
                    break
                draws = self.chance.random((BLOCK, 3, self.samples))
            self._step(draws[step % BLOCK])
        return self.called[:, :-1]

    def _over(self) -> bool:
        return bool(((self.left == 0) | ~np.isfinite(self.s.free_s.min(axis=1))).all())

    def _step(self, draw: Floats) -> None:
        s, rows = self.s, self.rows
        window = s.free_s.argmin(axis=1)
        now = s.free_s[rows, window]
        ready = np.isfinite(now) & (self.left > 0)
        now = np.where(ready, now, 0.0)
        if self.has_breaks:
            begins, ends = s.break_from_s[rows, window], s.break_to_s[rows, window]
            inside = (begins <= now[:, None]) & (now[:, None] < ends)
            away = inside.any(axis=1)
            if away.any():
                until = np.where(inside, ends, -NEVER).max(axis=1)
                s.free_s[rows[away], window[away]] = until[away]
                ready &= ~away
        file = self._choose(s.own[window], now, window)
        if self.has_then or self.has_due:
            nobody = file < 0
            if self.has_then and nobody.any():
                file = np.where(nobody, self._choose(s.then[window], now, window), file)
                nobody = file < 0
            if self.has_due and nobody.any():
                file = np.where(nobody, self._early(window), file)
        self._wait(ready & (file < 0), window, now)
        self._call(np.flatnonzero(ready & (file >= 0)), file, window, now, draw)

    def _choose(self, served: Bools, now: Floats, window: Ints) -> Ints:
        """The file that each sample's window calls from, -1 where nobody it serves is there."""
        lines, rows, s = self.lines, self.rows, self.s
        rank = (self.head[:, :lines] - now[:, None]) / s.target_s[:lines]
        there: Bools = served & (rank <= 0)
        rank = np.where(there, rank, NEVER)
        best = rank.argmin(axis=1)
        file = np.where(rank[rows, best] < NEVER, best, -1)
        if self.has_priority:
            # Somebody ordinary is made to wait by priority only if they are real.
            real: Bools = there & ~s.probe[self.at[:, :lines]]
            found: Bools = np.logical_or.reduce(real, axis=1)
            rank = (self.head[:, lines : 2 * lines] - now[:, None]) / s.target_s[lines : 2 * lines]
            may = served & (rank <= 0)
            if self.gap > 0:
                turn = (self.line_run >= self.gap) & (self.window_run[rows, window] >= self.gap)[:, None]
                may &= turn | ~found[:, None]
            rank = np.where(may, rank, NEVER)
            best = rank.argmin(axis=1)
            file = np.where(rank[rows, best] < NEVER, lines + best, file)
        if self.has_due:
            slot = np.where(served, self.head[:, 2 * lines :], NEVER)
            best = slot.argmin(axis=1)
            file = np.where(slot[rows, best] <= now, 2 * lines + best, file)
        return file

    def _early(self, window: Ints) -> Ints:
        """An appointment whose slot has not come, for a window that has nobody else; its citizen must be here."""
        file = np.full(self.samples, -1)
        here = self.s.ticket[self.at[:, 2 * self.lines :]] >= 0
        for served in (self.s.then, self.s.own):
            slot = np.where(served[window] & here, self.head[:, 2 * self.lines :], NEVER)
            best = slot.argmin(axis=1)
            file = np.where(slot[self.rows, best] < NEVER, 2 * self.lines + best, file)
        return file

    def _wait(self, idle: Bools, window: Ints, now: Floats) -> None:
        """A window that has nobody is free again when somebody comes whom it serves."""
        if not idle.any():
            return
        lines = self.lines
        rows = np.flatnonzero(idle)
        served = self.serves[window[rows]]
        coming = np.minimum(self.head[rows, :lines], self.head[rows, lines : 2 * lines])
        coming = np.minimum(coming, self.head[rows, 2 * lines :])
        coming = np.where(served & (coming > now[rows, None]), coming, NEVER)
        self.s.free_s[rows, window[rows]] = coming.min(axis=1)

    def _call(self, rows: Ints, file: Ints, window: Ints, now: Floats, draw: Floats) -> None:
        s = self.s
        file, window, now, draw = file[rows], window[rows], now[rows], draw[:, rows]
        entry = self.at[rows, file]
        ticket = s.ticket[entry]
        came = self.head[rows, file]
        self.called[rows, ticket] = now
        self.left[rows] -= ticket >= 0
        self.at[rows, file] += 1
        self.head[rows, file] = s.place_s[rows, entry + 1]
        works = ~s.probe[entry] & (s.gone_s[rows, entry] > now)
        grid = s.tables.shape[1]
        kind = s.kind[entry]
        takes = s.tables[kind, (draw[0] * grid).astype(int)] * s.pace[rows, window, kind]
        minutes = np.clip((now - came) / 60, 0, len(s.absent) - 1).astype(int)
        absent = draw[1] < s.absent[minutes]
        # The part of the draw that decided about absence is spread out anew, so that one draw serves for both.
        again = np.where(absent, draw[1] / np.maximum(s.absent[minutes], 1e-9), 0.0)
        takes = np.where(absent, s.absent_s[(again * (grid - 1)).astype(int)], takes)
        takes += s.between_s[(draw[2] * grid).astype(int)]
        s.free_s[rows, window] = now + np.where(works, takes, 0.0)
        if self.has_priority:
            self._count(rows[works], file[works], window[works])

    def _count(self, rows: Ints, file: Ints, window: Ints) -> None:
        lines = self.lines
        ordinary = file < lines
        some, at, by = rows[ordinary], file[ordinary], window[ordinary]
        self.window_run[some, by] += 1
        self.line_run[some] += self.serves[by]
        self.line_run[some, at] += ~self.serves[by, at]
        first = (file >= lines) & (file < 2 * lines)
        self.window_run[rows[first], window[first]] = 0
        self.line_run[rows[first], file[first] - lines] = 0
