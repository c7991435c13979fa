"""A corpus whose documents have facts: policies of several years, by several authors, in two languages, and its table."""

from __future__ import annotations

from pathlib import Path

from citewell import Assistant, IndexFolder, Settings, build

TABLE = "path,author,date,department\nnotes/*.txt,Zoe Ng,,Finance; Legal\nreports/,,,Travel\n"


def _dated(title: str, head: str, text: str) -> str:
    return f"---\ntitle: {title}\n{head}\n---\n# {title}\n\n## Hotels\n\n{text}\n"


FILES = {
    "reports/2022/travel.md": _dated(
        "Travel policy 2022",
        "author: Ann Lee\ndate: 2022-05-01\ntags: [travel, final]",
        "A hotel may cost 110 euros a night. Ask your manager before you book a dearer one.",
    ),
    "reports/2023/travel.md": _dated(
        "Travel policy 2023",
        "author: Ann Lee\ndate: 2023-05-01\ntags: [travel, final]",
        "A hotel may cost 120 euros a night. Ask your manager before you book a dearer one.",
    ),
    "reports/2024/travel.md": _dated(
        "Travel policy 2024",
        "author: [Bo Kim, Ann Lee]\ndate: 2024-02\ntags: travel, draft",
        "A hotel may cost 150 euros a night. Ask your manager before you book a dearer one.",
    ),
    "hr/urlaub.md": "---\ndate: 2023\n---\n# Urlaub\n\nJeder Mitarbeiter hat dreißig Tage Urlaub im Jahr. Der Urlaub ist"
    " rechtzeitig bei der Abteilung zu beantragen. Ein Hotel bezahlt die Firma nur auf Reisen.\n",
    "notes/bern.txt": "The hotel in Bern costs ninety francs a night, and breakfast is included.\n",
}
PATHS = sorted(FILES)


def policies_in(folder: Path) -> Assistant:
    """Write the corpus with its table, build its index with the English model, and open it."""
    for name, text in {**FILES, "citewell-facts.csv": TABLE}.items():
        file = folder / "corpus" / name
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text, encoding="utf-8")
    index = IndexFolder(folder / "index")
    build(folder / "corpus", index, Settings(model="english"))
    return Assistant(index)
