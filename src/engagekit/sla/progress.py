"""From the runs of a clock to its figures: elapsed time, due date, warning."""

from __future__ import annotations

from engagekit.business_time.calendar import Calendar
from engagekit.business_time.spans import BusinessDays, Elapsed, Nominal, Span, WorkingTime
from engagekit.sla.walk import Run, Walk

__all__ = ["Progress"]


class Progress:
    """How far a clock has come by an instant, in the time its target is stated in.

    Targets of working time and business days count open time; targets of calendar or elapsed
    time count every hour.
    """

    __slots__ = ("_as_of", "_deadline", "_every_hour", "_shares", "_walk", "elapsed", "target")

    def __init__(self, walk: Walk, as_of: int) -> None:
        self._walk, self._as_of = walk, as_of
        self._every_hour = isinstance(walk.target, Nominal | Elapsed)
        runs = walk.runs_until(as_of)
        if walk.policy.calendar == "latest":
            runs = [(begin, end, walk.calendar) for begin, end, _ in runs]
        counts = [self._counted(run) for run in runs]
        self._shares = list(zip(runs, counts, strict=True))
        self.elapsed = sum(counts)
        self._deadline: int | None = None
        self.target = self._amount(walk.target)

    def _counted(self, run: Run) -> int:
        begin, end, calendar = run
        return end - begin if self._every_hour else calendar.elapsed_us(begin, end)

    def _amount(self, target: Span | None) -> int | None:
        if target is None:
            return None
        if isinstance(target, WorkingTime | Elapsed):
            return target.microseconds
        if self._walk.state == "not_started":
            return None
        walk = self._walk
        begin = walk.counted_from
        calendar = walk.calendar if walk.policy.calendar == "latest" else walk.target_calendar
        self._deadline = calendar.after_us(begin, target)
        if isinstance(target, BusinessDays):
            return calendar.elapsed_us(begin, self._deadline)
        return self._deadline - begin

    def due(self) -> int | None:
        """The earliest instant at which the target is used up; None where there is none."""
        if self.target is None or self._walk.state == "not_started":
            return None
        if self._deadline is not None and self._runs_to(self._deadline):
            return self._deadline
        return self._reached(self.target)

    def _runs_to(self, deadline: int) -> bool:
        """Whether it runs until then without a break, on one calendar."""
        walk = self._walk
        until = walk.counted_from
        for (begin, end, calendar), _ in self._shares:
            if begin != until or calendar is not walk.calendar:
                return False
            until = end
        return deadline <= until or (self._goes_on() and until == self._goes_on_from())

    def _goes_on(self) -> bool:
        """Whether it runs on after the last run; a stop is looked through, a hold is not."""
        walk = self._walk
        if walk.state == "stopped":
            return not walk.was_held
        return walk.state == "open" and not walk.reasons

    def _goes_on_from(self) -> int:
        return self._walk.closed_at if self._walk.state == "stopped" else self._as_of

    def _reached(self, amount: int) -> int | None:
        if amount <= 0:
            return self._walk.counted_from
        for (begin, _, calendar), share in self._shares:
            if share >= amount:
                return self._after(calendar, begin, amount)
            amount -= share
        if not self._goes_on():
            return None
        return self._after(self._walk.calendar, self._goes_on_from(), amount)

    def _after(self, calendar: Calendar, begin: int, amount: int) -> int:
        if self._every_hour:
            return begin + amount
        return calendar.worked_us(begin, amount)

    def warning(self, due: int, before: Span) -> int | None:
        """When all but `before` of the target is used up."""
        target = self._walk.target
        same = type(before) is type(target) or isinstance(target, BusinessDays)
        if self.target is not None and isinstance(before, WorkingTime | Elapsed) and same:
            return self._reached(self.target - before.microseconds)
        return self._walk.calendar.before_us(due, before)
