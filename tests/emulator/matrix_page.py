"""Measure every row of the fault matrix and write its table into ``docs/safety.md``.

Usage: python tests/emulator/matrix_page.py [ROBOT ...]
"""

import json
import sys
from pathlib import Path

from matrix import ROWS, page
from rig import undergo

DOCUMENT = Path(__file__).parents[2] / "docs" / "safety.md"
BEGIN, END = "<!-- matrix -->\n", "<!-- end of matrix -->\n"
KEPT = Path("fault_matrix.json")
"""What was measured so far, beside where this is started."""


def main() -> None:
    """Measure, row by row; what was measured before is kept."""
    found = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    for row in ROWS:
        for moving in (False, True):
            key = f"{row.robot}|{row.fault.name}|{moving}"
            if key in found or (sys.argv[1:] and row.robot not in sys.argv[1:]):
                continue
            begin = {"sweeper": 1.8, "greeter": 2.6}[row.robot]
            seen = undergo(row.robot, row.fault, moving=moving, begin=begin, seconds=3.0)
            found[key] = [round(seen.stopped_after(begin), 2), seen.fell]
            KEPT.write_text(json.dumps(found, indent=1), encoding="utf-8")
    rows = {}
    for key, (after, fell) in found.items():
        robot, fault, moving = key.split("|")
        rows[robot, fault, moving == "True"] = (after, fell)
    text = DOCUMENT.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    DOCUMENT.write_text(head + BEGIN + page(rows) + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
