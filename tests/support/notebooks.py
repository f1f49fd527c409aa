"""A notebook's cells run one after the other in this process, as a kernel would run them."""

import contextlib
import io
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat


def run(path: Path, *, pictures: Path | None = None) -> tuple[str, int]:
    """Run a notebook's code from top to bottom; return what it printed and how many pictures.

    Parameters
    ----------
    pictures
        A folder to save them in.
    """
    mpl.use("agg")
    from matplotlib import pyplot

    notebook: Any = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    names: dict[str, object] = {"__name__": "__main__"}
    said = io.StringIO()
    pyplot.close("all")
    try:
        with contextlib.redirect_stdout(said):
            for number, cell in enumerate(notebook.cells):
                if cell.cell_type == "code":
                    exec(compile(cell.source, f"{path.name}, cell {number}", "exec"), names)
        drawn = pyplot.get_fignums()
        if pictures is not None:
            for number in drawn:
                pyplot.figure(number).savefig(pictures / f"{path.stem}-{number}.png", dpi=70)
    finally:
        pyplot.close("all")
        opened = names.get("association")
        if opened is not None:
            opened.close()  # type: ignore[attr-defined]
    return said.getvalue(), len(drawn)
