"""Turns a results file into what dashboards and trackers read.

  bazel run //scripts:export -- --to=FORMAT results.json [--out=FILE]

Input is the JSON that --benchmark_out writes. Exits 2 on unusable input.
"""

import argparse
import functools
import os
import sys
from typing import Callable

from scripts import results_file
from scripts.export_formats import bencher
from scripts.export_formats import csv_history
from scripts.export_formats import github_action_benchmark
from scripts.export_formats import lnt
from scripts.export_formats import openmetrics
from scripts.export_formats import run as runs

# Each renders a run into texts by the ending that their file's name gets.
_FORMATS: dict[str, Callable[[runs.Run], dict[str, str]]] = {
    "github-action-benchmark": github_action_benchmark.render,
    "bencher": bencher.render,
    "openmetrics": openmetrics.render,
    "lnt": lnt.render,
    "csv": csv_history.render,
}


def main(argv: list[str]) -> int:
    args = _parse(argv)
    render = _FORMATS[args.to]
    if args.timestamps:
        render = functools.partial(openmetrics.render, timestamps=True)
    try:
        run = runs.load(_path(args.results), args.commit)
        texts = render(run)
        if args.out is None:
            _print(texts)
        else:
            _write(args, texts)
    except (results_file.BadInput, OSError) as error:
        print(f"export: {_line(error)}", file=sys.stderr)
        return 2
    _warn_of_errors(run)
    return 0


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="export", allow_abbrev=False,
        description="Turns a results file into what dashboards read.")
    parser.add_argument("results", help="JSON that --benchmark_out wrote")
    parser.add_argument("--to", required=True, choices=_FORMATS,
                        help="format of the output")
    parser.add_argument(
        "--out", metavar="FILE",
        help="file to write, standard output by default; a csv file that"
        " exists is appended to; for github-action-benchmark, what the names"
        " of its two files begin with")
    parser.add_argument(
        "--commit", help="commit that was measured, by default the one that"
        " the results name")
    parser.add_argument(
        "--timestamps", action="store_true",
        help="openmetrics: give each sample the run's date, for backfilling")
    args = parser.parse_args(argv)
    if args.timestamps and args.to != "openmetrics":
        parser.error("--timestamps goes with --to=openmetrics")
    return args


def _path(path: str) -> str:
    """A path as the user meant it: Bazel runs programs in a place of its own."""
    return os.path.join(os.environ.get("BUILD_WORKING_DIRECTORY", ""), path)


def _print(texts: dict[str, str]) -> None:
    if len(texts) > 1:
        raise results_file.BadInput(
            "this format writes two files; give --out=PREFIX")
    sys.stdout.write(*texts.values())


def _write(args: argparse.Namespace, texts: dict[str, str]) -> None:
    for ending, text in texts.items():
        out = _path(args.out + ending)
        exists = os.path.exists(out)
        if exists and os.path.samefile(out, _path(args.results)):
            raise results_file.BadInput(f"{args.out}: is the results file itself")
        if exists and args.to == "csv":
            csv_history.append(out, text)
        else:
            _replace(out, text)


def _replace(path: str, text: str) -> None:
    """Writes the whole file or none of it: a scraper may be reading."""
    unfinished = f"{path}.unfinished"
    with open(unfinished, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    os.replace(unfinished, path)


def _warn_of_errors(run: runs.Run) -> None:
    failed = [case for case in run.results.cases.values() if case.errors]
    if failed:
        print(f"export: {len(failed)} of {len(run.results.cases)} cases have"
              f" errors, the first: {failed[0].id!r}", file=sys.stderr)


def _line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
