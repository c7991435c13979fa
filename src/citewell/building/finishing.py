"""The last steps of a build, on the opened snapshot: do its parts agree, its calibration, its example questions."""

from __future__ import annotations

from citewell.building.context import BuildContext
from citewell.building.examples import example_questions
from citewell.confidence import Calibration
from citewell.index.manifest import Manifest
from citewell.index.storage import Draft, Snapshot
from citewell.search.calibrating import calibrate
from citewell.view import View

# A calibration fits until as large a part of the passages has changed.
_CHANGED = 0.1


def finished(manifest: Manifest, draft: Draft[Snapshot], context: BuildContext, *, in_full: bool = False) -> Manifest:
    """Return the manifest of a written snapshot with its calibration and its examples.

    Those of the snapshot before stay until enough has changed to matter; examples, as long as all are answered. The snapshot is
    closed again, because its folder is renamed then.

    Args:
        manifest: The manifest, with the calibration and the examples of the snapshot before, if it continues one.
        draft: Where the snapshot is.
        context: What the steps of the build have in common.
        in_full: Whether whatever has changed matters.

    Raises:
        IndexDamagedError: Its parts do not agree.
    """
    snapshot = draft.seal(manifest)
    changed = manifest.changed_passages
    is_fitting = context.keeper.carried and not (in_full and changed) and changed <= _CHANGED * manifest.passages
    if not is_fitting:
        updated = {"calibration": _calibrated(snapshot, context), "changed_passages": 0}
        snapshot.manifest = manifest = manifest.model_copy(update=updated)
    view = View(snapshot, context.encoder, context.settings)
    examples = manifest.examples
    if is_fitting and examples and all(view.ask(each, words=False).answered for each in examples):
        return manifest
    examples = example_questions(view, context.settings.searching.question_characters)
    return manifest.model_copy(update={"examples": examples})


def _calibrated(snapshot: Snapshot, context: BuildContext) -> Calibration:
    context.progress("Calibrating", 0, 1)
    calibration = calibrate(snapshot, context.encoder, context.settings.searching)
    context.progress("Calibrating", 1, 1)
    return calibration
