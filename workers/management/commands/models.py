"""Keep the models folder: list, fetch, check, take in, carry elsewhere."""

from __future__ import annotations

import importlib
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from detection.models import MODELS, ModelError, ModelState, ModelStore, model_named
from detection.models.bundle import export, import_
from detection.models.pull import pull
from workers.model_store import facts_of

NEEDS_FULL = "Exporting needs the extra 'full' ({missing} is not installed): pip install '.[full]' -c constraints.txt."
FORMATS = ("onnx", "openvino", "engine")
MEGABYTE = 1e6


class Command(BaseCommand):
    """Work on the folder that VEDETTE_MODELS names; a running installation takes up what arrives by itself."""

    help = "List, pull, add, verify, remove, export and import the models that detection stages use."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the command line: one subcommand per kind of work."""
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        names = [model.name for model in MODELS]
        listing = acts.add_parser("list", help="what each stage can use, what is installed, how to get the rest")
        listing.add_argument("--json", action="store_true")
        pulling = acts.add_parser("pull", help="fetch models; without a name the small default set")
        pulling.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
        adding = acts.add_parser("add", help="take in a model from a file, or from a folder with its files")
        adding.add_argument("name", metavar="NAME", help=", ".join(names))
        adding.add_argument("path", type=Path, metavar="PATH")
        verifying = acts.add_parser("verify", help="read every file again and compare its digest")
        verifying.add_argument("names", nargs="*", metavar="NAME")
        removing = acts.add_parser("remove", help="delete a model from the folder")
        removing.add_argument("names", nargs="+", metavar="NAME")
        exporting = acts.add_parser("export", help="write installed models into one file, for a site without internet")
        exporting.add_argument("bundle", type=Path, metavar="BUNDLE")
        exporting.add_argument("names", nargs="*", metavar="NAME")
        importing = acts.add_parser("import", help="take in the models of such a file")
        importing.add_argument("bundle", type=Path, metavar="BUNDLE")
        engine = acts.add_parser("export-engine", help="turn Ultralytics weights (.pt) into a detector (full install)")
        engine.add_argument("weights", type=Path, metavar="FILE.pt")
        engine.add_argument("--format", choices=FORMATS, default="onnx", help="engine: TensorRT, on a GPU")
        engine.add_argument("--size", type=int, default=640, metavar="PIXELS", help="side of its input (default 640)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what was asked, and say what came of it."""
        self._shown: tuple[str, int] | None = None
        store = ModelStore(Path(settings.VEDETTE_MODELS))
        try:
            getattr(self, f"_{options['act'].replace('-', '_')}")(store, options)
        except ModelError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. What is installed is whole; pull goes on where it was.", returncode=130
            ) from None

    def _list(self, store: ModelStore, options: dict[str, Any]) -> None:
        states = store.states()
        if options["json"]:
            self.stdout.write(json.dumps([facts_of(state) for state in states], indent=1))
            return
        self.stdout.write(f"{'model':<24}{'stage':<10}{'size':>9}  {'licence':<12}{'state'}")
        for state in states:
            model = state.model
            size = state.size or model.size
            told = f"installed, {state.source}" if state.status == "installed" else state.message
            self.stdout.write(f"{model.name:<24}{model.stage:<10}{_megabytes(size):>9}  {model.licence:<12}{told}")
        for name in store.others():
            self.stdout.write(
                f"{name:<24}{'detect':<10}{'':>9}  {'your own':<12}lies in the folder; name it on a camera"
            )

    def _pull(self, store: ModelStore, options: dict[str, Any]) -> None:
        chosen = options["names"] or [model.name for model in MODELS if model.default]
        for name in chosen:
            model = model_named(name)
            self.stdout.write(f"{name}: {model.licence}, {model.source} ({model.licence_url})")
            self._tell(pull(store, name, self._progress))

    def _add(self, store: ModelStore, options: dict[str, Any]) -> None:
        self._tell(store.add(options["name"], options["path"]))

    def _verify(self, store: ModelStore, options: dict[str, Any]) -> None:
        installed = [state.model.name for state in store.states() if state.status != "missing"]
        chosen = options["names"] or installed
        if not chosen:
            self.stdout.write("No model is installed. Get some with: manage.py models pull")
        wrong = 0
        for name in chosen:
            state = store.verify(name)
            wrong += state.status != "installed"
            self._tell(state)
        if wrong:
            raise CommandError(f"{wrong} of {len(chosen)} models cannot be used.")

    def _remove(self, store: ModelStore, options: dict[str, Any]) -> None:
        for name in options["names"]:
            store.remove(name)
            self.stdout.write(f"{name}: removed. Cameras that use it say so within seconds.")

    def _export(self, store: ModelStore, options: dict[str, Any]) -> None:
        names = export(store, options["bundle"], options["names"], self._progress)
        size = options["bundle"].stat().st_size
        self.stdout.write(f"Wrote {options['bundle']}: {', '.join(names)}, {_megabytes(size)}.")

    def _import(self, store: ModelStore, options: dict[str, Any]) -> None:
        for state in import_(store, options["bundle"], self._progress):
            self._tell(state)

    def _export_engine(self, store: ModelStore, options: dict[str, Any]) -> None:
        try:
            engines = importlib.import_module("training.engines")
            made = engines.export_engine(options["weights"], options["format"], options["size"], store.folder)
        except ModuleNotFoundError as error:
            raise CommandError(NEEDS_FULL.format(missing=error.name)) from error
        except importlib.import_module("training.errors").TrainingError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Wrote {made.name} to the models folder. Name it on a camera to use it.")

    def _tell(self, state: ModelState) -> None:
        if state.status == "installed":
            self.stdout.write(f"{state.model.name}: installed, {_megabytes(state.size)}, SHA-256 {state.digest}…")
        else:
            self.stdout.write(f"{state.model.name}: {state.message}")

    def _progress(self, what: str, done: int, total: int) -> None:
        """Redraw one line on a terminal; elsewhere write one at every quarter."""
        percent = 100 * done // total if total else 0
        on_terminal = self.stderr.isatty()
        step = percent if on_terminal else percent // 25 * 25
        if (what, step) == self._shown:
            return
        self._shown = (what, step)
        told = f"{what}: {_megabytes(done)} of {_megabytes(total)}" if total else f"{what}: {_megabytes(done)}"
        if on_terminal:
            self.stderr.write(f"\r{told}, {percent} %", ending="\n" if total and done >= total else "")
        else:
            self.stderr.write(f"{told}, {percent} %")


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB" if size else "–"
