"""What src/exchange writes for RJafroc, cell by cell, against the ratings that went into it; and for iMRMC.

usage: read_back.py build/bin/exchange_test

The program writes the datasets of tests/golden/evaluate/rjafroc.json; this reads the files with
Python's standard library alone and compares. Of an iMRMC file the area under the ROC curve must be that which RJafroc
has. read_back.R has RJafroc itself read the Excel files.
"""
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
import zipfile
from pathlib import Path
from urllib.parse import unquote

GOLDEN = Path(__file__).resolve().parent.parent / "golden/evaluate/rjafroc.json"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HEADERS = {
    "FP": ["ReaderID", "ModalityID", "CaseID", "FP_Rating"],
    "TP": ["ReaderID", "ModalityID", "CaseID", "LesionID", "TP_Rating"],
    "TRUTH": ["CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm", "CaseName"],
}


def column_of(reference):
    column = 0
    for letter in reference.rstrip("0123456789"):
        column = 26 * column + ord(letter) - ord("A") + 1
    return column - 1


def rows_of(part, strings):
    rows = []
    for row in xml.fromstring(part).iter(MAIN + "row"):
        cells = {}
        for cell in row.iter(MAIN + "c"):
            text = cell.find(MAIN + "v").text
            cells[column_of(cell.get("r"))] = strings[int(text)] if cell.get("t") == "s" else float(text)
        rows.append([cells.get(column) for column in range(max(cells) + 1)])
    return rows


def sheets_of(path):
    with zipfile.ZipFile(path) as book:
        if book.testzip() is not None:
            sys.exit(f"{path}: damaged")
        shared = xml.fromstring(book.read("xl/sharedStrings.xml"))
        strings = ["".join(item.itertext()) for item in shared.iter(MAIN + "si")]
        names = [sheet.get("name") for sheet in xml.fromstring(book.read("xl/workbook.xml")).iter(MAIN + "sheet")]
        return {name: rows_of(book.read(f"xl/worksheets/sheet{number}.xml"), strings)
                for number, name in enumerate(names, 1)}


def expected_rows(golden):
    """FP, TP and TRUTH as sets of rows, cases by the names that the program gives them."""
    modalities, readers = [], []
    for one in golden["readers"]:
        modalities += [one["modality"]] if one["modality"] not in modalities else []
        readers += [one["reader"]] if one["reader"] not in readers else []
    modality_ids = [f"{number}-{name}" for number, name in enumerate(modalities, 1)]
    reader_ids = [f"{number}-{name}" for number, name in enumerate(readers, 1)]
    wrong, right, truth = [], [], []
    normal = golden["normal_cases"]
    for one in golden["readers"]:
        who = [reader_ids[readers.index(one["reader"])], modality_ids[modalities.index(one["modality"])]]
        for k, marks in enumerate(one["false_marks"]):
            wrong += [who + [f"case {k + 1}", mark] for mark in marks]
        for k, lesions in enumerate(one["lesions"]):
            right += [who + [f"case {normal + k + 1}", number, rating]
                      for number, rating in enumerate(lesions, 1) if rating is not None]
    everybody = [",".join(reader_ids), ",".join(modality_ids)]
    for k in range(normal):
        truth.append([f"case {k + 1}", 0, 0] + everybody)
    for k, weights in enumerate(golden["weights"]):
        truth += [[f"case {normal + k + 1}", number, weight] + everybody for number, weight in enumerate(weights, 1)]
    return wrong, right, truth


def same(found, expected):
    return len(found) == len(expected) and all(
        abs(a - b) <= 1e-15 * abs(b) if isinstance(b, (int, float)) else a == b
        for one, other in zip(sorted(found), sorted(expected)) for a, b in zip(one, other, strict=True))


def check(path, golden):
    sheets = sheets_of(path)
    for name, header in HEADERS.items():
        if sheets[name][0] != header:
            sys.exit(f"{path.name}, {name}: found {sheets[name][0]}, expected {header}")
    truth = sheets["TRUTH"][1:]
    if [row[5] for row in truth[:3]] != ["FROC", "FCTRL", None]:
        sys.exit(f"{path.name}: found the paradigm {[row[5] for row in truth[:3]]}")
    names = {row[0]: unquote(row[6]) for row in truth}
    if [row[0] for row in truth] != sorted(row[0] for row in truth) or \
            [row[1] > 0 for row in truth] != sorted(row[1] > 0 for row in truth):
        sys.exit(f"{path.name}: cases do not ascend, or normal ones do not stand first")
    wrong = [row[:2] + [names[row[2]]] + row[3:] for row in sheets["FP"][1:]]
    right = [row[:2] + [names[row[2]]] + row[3:] for row in sheets["TP"][1:]]
    found = (wrong, right, [[names[row[0]]] + row[1:5] for row in truth])
    for sheet, mine, theirs in zip(HEADERS, found, expected_rows(golden)):
        if not same(mine, theirs):
            sys.exit(f"{path.name}, {sheet}: {len(mine)} rows do not match the {len(theirs)} expected")
    print(f"{path.name}: {len(wrong)} + {len(right)} marks on {len(names)} cases, as they went in")


def check_order(path):
    """Names sort as they stand in TRUTH, which is how RJafroc attaches them."""
    sheets = sheets_of(path)
    listed = sheets["TRUTH"][1][3].split(",")
    used = {row[0] for row in sheets["FP"][1:]}
    if len(listed) != 10 or listed != sorted(used) or [name.split("-r")[-1] for name in listed] != \
            [str(number) for number in range(1, 11)]:
        sys.exit(f"{path.name}: found the readers {listed}")
    print(f"{path.name}: {len(listed)} readers in their order")


def area(normal, diseased):
    wins = sum((x < y) + (x == y) / 2 for x in normal for y in diseased)
    return wins / len(normal) / len(diseased)


def check_imrmc(path, golden):
    header, _, body = path.read_text().partition("BEGIN DATA:\n")
    counts = dict(line.split(":") for line in header.splitlines()[1:])
    lines = [line.split(",") for line in body.splitlines()]
    truth = {case: value for reader, case, _, value in lines if reader == "-1"}
    scores = {}
    for reader, case, modality, score in lines:
        if reader != "-1":
            scores.setdefault((modality, reader), []).append((truth[case], float(score)))
    readers = golden["readers"]
    expected = {"N0": golden["normal_cases"], "N1": len(golden["weights"]), "NR": len({r["reader"] for r in readers}),
                "NM": len({r["modality"] for r in readers})}
    if {key: int(value) for key, value in counts.items()} != expected:
        sys.exit(f"{path.name}: found {counts}, expected {expected}")
    for one in readers:
        rated = scores[one["modality"], one["reader"]]
        found = area([s for t, s in rated if t == "0"], [s for t, s in rated if t == "1"])
        if len(rated) != len(truth) or abs(found - one["values"]["HrAuc"]) > 1e-12:
            sys.exit(f"{path.name}: {one['modality']}, {one['reader']}: found {found}, expected {one['values']['HrAuc']}")
    print(f"{path.name}: {len(readers)} areas, as RJafroc has them")


def main():
    golden = json.loads(GOLDEN.read_text())
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], "--gtest_filter=RjafrocFile.WritesTheGolden*", "--gtest_brief=1"], check=True,
                       env={**os.environ, "MAMMOGRAFT_STUDY_FOLDER": folder}, stdout=subprocess.DEVNULL)
        for one in golden["sets"]:
            check(Path(folder) / f"{one['dataset']}.xlsx", one)
            check_imrmc(Path(folder) / f"{one['dataset']}.imrmc", one)
        check_order(Path(folder) / "ten.xlsx")


if __name__ == "__main__":
    main()
