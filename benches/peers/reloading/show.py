"""The tables and the bars of the reload comparison."""

import math
import statistics
from dataclasses import fields

from report import beside, failed, table

DJANGO_MEDIAN, WSGI_MEDIAN = 80, 40
OF_GRANIAN = 1 / 3
TREE_ADDS = 300
NOTHING = "-"


def edits(title, its, has_crowd=False):
    """Return the table of edits."""
    columns = ["edits", "median", "p90", "worst", "beside ours", "failed", "stale", "missed"]
    if has_crowd:
        columns += ["their requests", "their longest wait"]
    ours = middle(its["scaffold"]) if "scaffold" in its else None
    lines = []
    for name in sorted(its, key=lambda name: middle(its[name]) or math.inf):
        series = its[name]
        if not series.edits:
            lines.append(failed(name, columns))
            continue
        times = [NOTHING] * 4
        if series.seconds:
            worst = max(series.seconds) * 1000
            times = [*map(shown, (middle(series), nine_tenths(series), worst))]
            times.append(beside(middle(series), ours))
        lost = kinds(series.tally.failed + series.crowd.failed)
        line = [name, series.edits, *times, lost, f"{series.stale:,}"]
        line.append(series.missed)
        if has_crowd:
            line += [f"{series.crowd.asked:,}", shown(series.longest * 1000)]
        lines.append(line)
    return table(title, columns, lines)


def moments(title, by_moment):
    """Return the table of edits at awkward moments."""
    names = next(iter(by_moment.values()))
    lines = []
    for name in names:
        line = [name]
        for its in by_moment.values():
            series = its[name]
            if not series.edits:
                line.append("failed")
                continue
            time = shown(middle(series)) if series.seconds else NOTHING
            line.append(f"{series.missed} of {series.edits} missed, {time}")
        lines.append(line)
    return table(f"{title}, edits", list(by_moment), lines)


def flight(title, its):
    """Return the table of requests in flight."""
    columns = ["saves", "in flight then: complete", "begun later: complete", "failed"]
    lines = []
    for name, series in its.items():
        if not series.edits:
            lines.append(failed(name, columns))
            continue
        counts = [of(series.before), of(series.after)]
        lost = series.before + series.after
        del lost["complete"]
        lines.append([name, series.edits, *counts, kinds(lost)])
    return table(f"{title}, requests of half a second", columns, lines)


def rest(title, its, duration):
    """Return the table of servers at rest."""
    columns = [f"processor time in {duration} s", "of one processor", "wake-ups/s", "processes"]
    lines = []
    for name, found in its.items():
        if found is None:
            lines.append(failed(name, columns))
            continue
        times = [f"{found.seconds:.3f} s", f"{found.percent:.1f} %", f"{found.wakes:.1f}"]
        lines.append([name, *times, found.processes])
    return table(f"{title}, at rest", columns, lines)


def start(by_project):
    """Return the table of starts."""
    names = next(iter(by_project.values()), {})
    lines = []
    for name in names:
        times = [typical(its[name]) for its in by_project.values()]
        lines.append([name, *("failed" if time is None else shown(time) for time in times)])
    return table("start to first answer", list(by_project), lines)


def tree(its, bars):
    """Return the table of starts with a large tree, and compare."""
    columns = ["without", "with", "added", "an edit then: without", "with"]
    lines = []
    for name in dict.fromkeys(name for name, _ in its):
        starts, seen = (
            [typical([each[at] for each in its[name, has_tree]]) for has_tree in (False, True)]
            for at in (0, 1)
        )
        if None in starts:
            lines.append(failed(name, columns))
            continue
        added = starts[1] - starts[0]
        after = ["missed" if time is None else shown(time) for time in seen]
        lines.append([name, *map(shown, (*starts, added)), *after])
        if name == "scaffold":
            bars.most("start, 500,000 files add", added, TREE_ADDS, " ms")
    return table("start with 500,000 files in 50,000 directories", columns, lines)


def edit_bars(title, name, its, bars):
    """Compare edits with what is to be reached."""
    ours, granian = its.get("scaffold"), its.get("Granian")
    if ours is None:
        return
    time = middle(ours)
    if name == "django":
        bars.most(f"{title}: median", time, DJANGO_MEDIAN, " ms")
        if time and granian and granian.seconds:
            bars.most(f"{title}: median, of Granian's", time / middle(granian), OF_GRANIAN)
    elif name == "wsgi":
        bars.most(f"{title}: median", time, WSGI_MEDIAN, " ms")
    fault_bars(title, ours, bars)


def fault_bars(title, ours, bars):
    """Compare what went wrong with nothing."""
    if ours is None or not ours.edits:
        return
    bars.most(f"{title}: failed requests", ours.failed, 0)
    bars.most(f"{title}: stale answers", ours.stale, 0)
    bars.most(f"{title}: missed of {ours.edits} edits", ours.missed, 0)


def flight_bars(title, ours, bars):
    """Compare the requests in flight with all of them."""
    if ours is None:
        return
    for what, counter in (("in flight at a save", ours.before), ("begun later", ours.after)):
        lost = counter.total() - counter["complete"]
        bars.most(f"{title}: failed of {counter.total()} requests {what}", lost, 0)


def rest_bars(title, ours, bars):
    """Compare what watching costs with nothing."""
    if ours is not None:
        bars.most(f"{title}: processor time at rest", round(ours.percent, 1), 0, " %")


def plain(its):
    """Return the results as JSON can hold them."""
    return {name: plain_one(series) for name, series in its.items()}


def plain_one(series):
    """Return a series as JSON can hold it."""
    result = {
        "edits": series.edits,
        "median_ms": middle(series),
        "p90_ms": nine_tenths(series),
        "worst_ms": max(series.seconds) * 1000 if series.seconds else None,
        "missed": series.missed,
        "longest_s": series.longest,
        "failures": series.failures,
        "seconds": series.seconds,
    }
    for kind in ("tally", "crowd"):
        found = getattr(series, kind)
        result[kind] = {"asked": found.asked, "stale": found.stale, "failed": dict(found.failed)}
    for field in fields(series):
        if field.name in ("before", "after"):
            result[field.name] = dict(getattr(series, field.name))
    return result


def middle(series):
    """Return the median, in milliseconds; none where no edit showed."""
    return statistics.median(series.seconds) * 1000 if series.seconds else None


def nine_tenths(series):
    """Return what nine of ten edits took at the most, in milliseconds."""
    if not series.seconds:
        return None
    return sorted(series.seconds)[math.ceil(0.9 * len(series.seconds)) - 1] * 1000


def typical(seconds):
    """Return the median, in milliseconds; none where one failed."""
    return None if None in seconds or not seconds else statistics.median(seconds) * 1000


def of(counter):
    """Return how many of how many are complete."""
    return f"{counter['complete']} of {counter.total()}"


def kinds(failed):
    """Return how many requests failed in which way, as text."""
    return ", ".join(f"{count:,} {kind}" for kind, count in failed.most_common()) or "0"


def shown(time):
    """Return a time, in milliseconds, as text."""
    return f"{time:,.1f} ms"
