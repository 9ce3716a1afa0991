"""The command ``python -m ae_lib.paper NAME``: see ``--help``."""

import argparse
import importlib
import os
import sys
from pathlib import Path

from ae_lib._files import as_folder
from ae_lib.paper import NAMES, PRESETS


def main(arguments=None):
    """Run what the command line asks for, and return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.list:
        _list()
        return 0
    if options.name is None:
        parser.error(f"say which experiment: one of {', '.join(NAMES)}, or all")
    if options.seed < 0:
        parser.error(f"--seed must be at least 0. Received: {options.seed}")
    names = NAMES if options.name == "all" else (options.name,)
    for name in names:
        experiment = importlib.import_module(f"ae_lib.paper.experiments.{name}")
        if options.preset not in experiment.SETTINGS:
            message = (
                f"{name} has the presets {', '.join(experiment.SETTINGS)}, not {options.preset}"
            )
            if options.name != "all":
                parser.error(message)
            print(message)
            continue
        try:
            _run(name, experiment, options)
        except (OSError, ValueError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            return 1
    return 0


def _run(name, experiment, options):
    from ae_lib._keras import use_defaults
    from ae_lib.paper.run import Run, check_places, save_results

    use_defaults()
    extra = {"corpus": options.corpus} if name == "documents" else {}
    run = Run(
        name,
        options.preset,
        options.seed,
        experiment.SETTINGS[options.preset],
        options.out,
        options.checkpoints,
        options.data_home,
        choose=options.choose,
        verbose=1,
        save_every=options.save_every,
    )
    check_places(run)
    records, arrays = experiment.run_experiment(run, **extra)
    for record in records:
        measured = ", ".join(
            f"{part} {record[part]:.4g}"
            for part in ("train", "validation", "test")
            if record[part] is not None
        )
        print(
            f"{name}, seed {run.seed}, {record['method']}: {measured} ({record['seconds']:.0f} s)"
        )
    if options.choose:
        print("Settings are being chosen: the test set was not read and nothing was written.")
    else:
        # After the numbers were printed: on a full disk they are not lost.
        save_results(run, experiment.HEADER, records, arrays)
        print(f"Written to {options.out / name}.json")


def _parser():
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "ae_lib" / "paper"
    parser = argparse.ArgumentParser(
        prog="python -m ae_lib.paper",
        description="Run an experiment of Hinton & Salakhutdinov (2006) at the paper's scale. "
        "It may be killed at any moment; started again, it goes on where it was.",
        epilog="It writes NAME.json and NAME.npz into the folder --out, keeps in them the results "
        "of other seeds, presets and settings, and refuses files of these names that are not its "
        "own. Unfinished work goes into folders NAME/PRESET_seed_... below --checkpoints. Nothing "
        "else is changed or removed.",
    )
    add = parser.add_argument
    add("name", nargs="?", choices=[*NAMES, "all"], metavar="NAME", help=", ".join(NAMES) + ", all")
    add("--list", action="store_true", help="list the experiments, and stop")
    add("--preset", choices=PRESETS, default="paper", help="the paper's way, today's, or a try")
    add("--seed", type=int, default=0, help="of every random choice (default: 0)")
    add("--out", type=as_folder, default=Path("results"), help="for NAME.json (default: results)")
    add(
        "--checkpoints",
        type=as_folder,
        default=cache,
        help="unfinished work (default: %(default)s)",
    )
    add("--save-every", type=float, default=60, metavar="SECONDS", help="of state (default: 60)")
    add("--data-home", type=as_folder, help="scikit-learn's data (default: its own folder)")
    add("--corpus", choices=("20newsgroups", "rcv1"), default="20newsgroups", help="of documents")
    add("--choose", action="store_true", help="hold out validation data, do not read the test set")
    return parser


def _list():
    """Print each experiment with the first line of its module and its presets."""
    for name in NAMES:
        experiment = importlib.import_module(f"ae_lib.paper.experiments.{name}")
        summary = experiment.__doc__.strip().splitlines()[0]
        print(f"{name:15} {summary}\n{'':15} presets: {', '.join(experiment.SETTINGS)}")


if __name__ == "__main__":
    sys.exit(main())
