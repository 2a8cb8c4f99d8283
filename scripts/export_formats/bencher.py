"""Bencher Metric Format: benchmark name -> measure -> value and its bounds.

The format has no place for units; a measure gets its unit when it is created
in Bencher. Values are bytes, seconds, faults and ratios.
"""

import json

from scripts import metrics
from scripts.export_formats import run as runs

# Bencher refuses longer names of benchmarks and of measures.
_LONGEST_NAME = 1024
_LONGEST_MEASURE = 64


def render(run: runs.Run) -> dict[str, str]:
    benchmarks: dict[str, dict[str, dict[str, int | float]]] = {}
    for series in metrics.series_of(run.results):
        name = series.case.id[:_LONGEST_NAME]
        # A measure is found by its slug, which has dashes.
        measure = series.metric.replace("_", "-")[:_LONGEST_MEASURE]
        benchmarks.setdefault(name, {})[measure] = {
            "value": metrics.number(series.median),
            "lower_value": metrics.number(series.low),
            "upper_value": metrics.number(series.high),
        }
    return {"": json.dumps(benchmarks, indent=1) + "\n"}
