#!/usr/bin/env python3
"""Makes the table of docs/benchmarks/README.md of the reports that infra/benchmarks/run leaves behind.

usage: table.py RESULTS README. Of each benchmark there are several reports, NAME.ROUND.json; each figure is the median over
them. The table goes between the two marks in the README.
"""

import datetime
import json
import os
import platform
import statistics
import subprocess
import sys

BEGIN = "<!-- table: begin -->"
END = "<!-- table: end -->"

# Name, what it is, how the bar is worded, what the ratio is of (processor time, wall time, batch fill, two instances), the bar
# (None where there is none).
ROWS = [
    ("feed-224", "Feed, two views of 224 × 224 from photographs", "DataLoader", "cpu", 3.0),
    ("feed-224", "Feed, two views of 224 × 224 from photographs", "DataLoader", "wall", 3.0),
    ("feed-32", "Feed, two views of 32 × 32 from small JPEGs", "DataLoader", "cpu", 6.0),
    ("feed-32", "Feed, two views of 32 × 32 from small JPEGs", "DataLoader", "wall", 6.0),
    ("feed-224", "Feed, 224 × 224, against decoding alone", "decoding alone", "cpu", None),
    ("feed-32", "Feed, 32 × 32, against decoding alone", "decoding alone", "cpu", None),
    ("feed-224", "Pool fill, photographs, MB/s", "pool", "wall", 0.7),
    ("feed-32", "Pool fill, small JPEGs, MB/s", "pool", "wall", 0.7),
    ("feed-224", "Continuous feed, 224 × 224", "warm feed", "wall", 0.7),
    ("feed-32", "Continuous feed, 32 × 32", "warm feed", "wall", 0.7),
    ("feed-224", "First batch of continuous mode, seconds", "limit", "wall", 1.0),
    ("stream", "Generation stage, icgan32", "bare loop", "cpu", 0.8),
    ("stream", "Generation stage, icgan32", "bare loop", "wall", None),
    ("stream", "Generation stage, icgan32, batches full to", "full batches", "fill", 0.9),
    ("stream-large", "Generation stage, a model four times as large", "bare loop", "cpu", 0.95),
    ("stream-large", "Generation stage, a model four times as large", "bare loop", "wall", 0.95),
    ("stream-large", "Generation stage, the larger model, batches full to", "full batches", "fill", 0.9),
    ("instances", "Two instances, each call waits 200 ms", "one instance", "two", 1.9),
    ("instances", "Eight clients in two processes, each call waits 200 ms", "one instance", "wall", 7.0),
    ("generate", "Decode, generate, encode, icgan32", "generator alone", "cpu", None),
    ("ingest-2k", "Ingest, tar of images of 2 KB, MB/s", "kafka-producer-perf-test", "wall", 0.8),
    ("ingest-2k", "Ingest, tar of images of 2 KB, MB/s", "records from a file", "wall", None),
    ("ingest-100k", "Ingest, tar of images of 100 KB, MB/s", "kafka-producer-perf-test", "wall", 0.8),
    ("ingest-100k", "Ingest, tar of images of 100 KB, MB/s", "records from a file", "wall", None),
    ("ingest-folder", "Ingest, folder of images of 100 KB, MB/s", "kafka-producer-perf-test", "wall", 0.8),
    ("train", "Training loop, ResNet-18 of width 16, outside the engine", "whole step", "outside", 0.03),
    ("train", "Training loop, ResNet-18 of width 16", "same steps, no feed", "wall", None),
] + [
    (name, f"Training step, width {width}, threads: {threads}", f"PyTorch, {layout}", f"step {threads} {layout}", 0.85)
    for name, width in (("train", 16), ("train-64", 64))
    for threads in (1, 2)
    for layout in ("default", "channels-last")
]

# Benchmarks whose figures each have an upper limit.
LIMITED = ["growth", "start-up"]


FIRST_BATCH_SECONDS = 5.0


def reports(results, name):
    found = []
    for file in sorted(os.listdir(results)):
        if file.startswith(name + ".") and file.endswith(".json"):
            with open(os.path.join(results, file), encoding="utf-8") as text:
                found.append(json.load(text))
    return found


def per_second(run):
    return run.get("viewsPerSecond", run.get("imagesPerSecond"))


def cpu(run):
    return run.get("cpuSecondsPer1000Views", run.get("cpuSecondsPer1000Images"))


def compare(report, against, kind):
    """The stage's figure, the bound's, and the ratio, of one round; None where the bound did not run."""
    if against == "pool":
        filled, consumed = report["poolFill"], report["bareConsumer"]
        return filled["bytesPerSecond"] / 1e6, consumed["bytesPerSecond"] / 1e6, report["poolFillRatio"]
    if kind == "fill":
        return report["batchFill"], 1.0, report["batchFill"]
    if kind == "outside":
        parts, steps = report["secondsOfParts"], report["steps"]
        seconds = sum(value for key, value in parts.items() if key.endswith("Seconds"))
        return 1000 * (seconds - parts["engineSeconds"]) / steps, 1000 * seconds / steps, parts["fractionOutsideEngine"]
    if kind.startswith("step "):
        for step in report.get("peerSteps", []):
            if kind == f"step {step['threads']} {step['layout']}":
                return per_second(step["step"]), per_second(step["peerStep"]), step["ratio"]
        return None
    if against == "warm feed":
        drawn = report["continuousFeed"]
        return drawn["imagesPerSecond"], report["imagesPerSecond"], report["continuousRatio"]
    if against == "limit":
        # Seconds: less is better, and the limit over the figure is at least 1 where it is kept.
        seconds = report["firstBatchSeconds"]
        return seconds, FIRST_BATCH_SECONDS, FIRST_BATCH_SECONDS / seconds
    bounds = [bound for bound in report["bounds"] if against in bound["name"]]
    if not bounds:
        return None
    if kind == "cpu":
        # The peer's best number of workers for this figure.
        best = min(bounds, key=cpu)
        return cpu(report), cpu(best), cpu(best) / cpu(report)
    best = max(bounds, key=per_second)
    if kind == "two":
        return report["twoInstancesViewsPerSecond"], per_second(best), report["twoInstancesRatio"]
    if report["benchmark"] == "ingest":
        return report["bytesPerSecond"] / 1e6, best["bytesPerSecond"] / 1e6, best["ratio"]
    return per_second(report), per_second(best), best["ratio"]


def as_measured(what, found):
    """Where there were no photographs or small JPEGs, shapes were drawn: the row must say so."""
    if all(report.get("images") != "shapes" for report in found):
        return what
    return what.replace("photographs", "drawn shapes").replace("small JPEGs", "drawn shapes")


def machine():
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="ascii") as info:
            model = next(line.split(":", 1)[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}"


def commit(readme):
    folder = os.path.dirname(readme)
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=folder, capture_output=True, text=True, check=False
    )
    changed = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=no"], cwd=folder, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() + (" and changes" if changed.stdout.strip() else "")


def table(results, readme):
    rounds = max((len(reports(results, row[0])) for row in ROWS), default=0)
    java = next((r["java"] for row in ROWS for r in reports(results, row[0])), "?")
    lines = [
        f"Commit {commit(readme)}, {datetime.date.today().isoformat()}, {machine()}, Java {java}; median of {rounds}.",
        "",
        "| what | measured | bound | against | unit | ratio | spread | bar |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, what, against, kind, bar in ROWS:
        what = as_measured(what, reports(results, name))
        compared = [c for c in (compare(r, against, kind) for r in reports(results, name)) if c]
        wording = "kafka-consumer-perf-test" if against == "pool" else against
        if not compared:
            lines.append(f"| {what} | – | – | {wording} | did not run | – | – | {bar or ''} |")
            continue
        measured, bound, ratio = (statistics.median(values) for values in zip(*compared))
        ratios = [c[2] for c in compared]
        first = reports(results, name)[0]
        unit = "views" if "viewsPerSecond" in first else "images"
        unit = "MB/s" if "MB/s" in what else f"CPU s per 1,000 {unit}" if kind == "cpu" else f"{unit}/s"
        unit = "of the best batch" if kind == "fill" else "s" if against == "limit" else unit
        verdict = "" if bar is None else f"≥ {bar:g}: {'met' if ratio >= bar else 'missed'}"
        if kind == "outside":
            unit = "ms a step"
            verdict = f"≤ {bar:g}: {'met' if ratio <= bar else 'missed'}"
        digits = 3 if kind == "outside" else 2
        lines.append(
            f"| {what} | {measured:,.{places(measured)}f} | {bound:,.{places(bound)}f} | {wording} | {unit} | **{ratio:.{digits}f}** "
            f"| {min(ratios):.{digits}f}–{max(ratios):.{digits}f} | {verdict} |"
        )
    return "\n".join(lines + limited(results))


def limited(results):
    """Lines of the figures that have an upper limit; the ratio is limit by figure."""
    lines = []
    for name in LIMITED:
        rounds = [report["figures"] for report in reports(results, name)]
        for rows in zip(*rounds):
            measured, ratio = (statistics.median(row[key] for row in rows) for key in ("measured", "ratio"))
            limit, ratios = rows[0]["limit"], [row["ratio"] for row in rows]
            lines.append(
                f"| {rows[0]['name']} | {measured:,.{places(measured)}f} | {limit:g} | limit | {rows[0]['unit']} | **{ratio:.2f}** "
                f"| {min(ratios):.2f}–{max(ratios):.2f} | ≤ {limit:g}: {'met' if measured <= limit else 'missed'} |"
            )
    return lines


def places(value):
    return 3 if value < 10 else 1 if value < 1000 else 0


def main():
    results, readme = sys.argv[1:]
    made = table(results, readme)
    with open(readme, encoding="utf-8") as file:
        text = file.read()
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    with open(readme, "w", encoding="utf-8") as file:
        file.write(f"{head}{BEGIN}\n{made}\n{END}{tail}")
    print(made)


if __name__ == "__main__":
    main()
