"""Typesets the known texts of the tests as PDF, once: LaTeX, LibreOffice and Chromium, in one, two and three columns.

    python benchmarks/typesetting.py

It needs the programs pdflatex, soffice and chromium; the PDFs are kept beside the texts.
"""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.typeset import Part, noted, notes_of, parts_of, plain  # noqa: E402

_PLACE = ROOT / "tests" / "corpus" / "reading" / "formats" / "typeset"
_HEAD = {"english": "Library booklets, no. 7", "german": "Büchereihefte, Nr. 7"}
_BABEL = {"english": "british", "german": "ngerman"}
_LANGUAGE = {"english": ("en", "GB"), "german": ("de", "DE")}
# Places where the long words of the German text may be parted: Chromium has no dictionary of its own for that.
_SYLLABLES = 7


def main() -> None:
    """Typeset all."""
    for name, language, make in _EDITIONS:
        with tempfile.TemporaryDirectory() as folder:
            made = make(parts_of(_PLACE / f"{language}.md"), language, Path(folder))
            shutil.copyfile(made, _PLACE / f"{name}.{language}.pdf")
        print(name, language, (_PLACE / f"{name}.{language}.pdf").stat().st_size)


def _latex(options: str, packages: str) -> Callable[[list[Part], str, Path], Path]:
    def make(parts: list[Part], language: str, folder: Path) -> Path:
        source = folder / "made.tex"
        lines = [
            rf"\documentclass[{options}]{{article}}",
            r"\usepackage[utf8]{inputenc}\usepackage{textcomp,booktabs,fancyhdr}",
            rf"\usepackage[{_BABEL[language]}]{{babel}}{packages}",
            rf"\pagestyle{{fancy}}\fancyhf{{}}\fancyhead[L]{{\small {_HEAD[language]}}}\fancyfoot[C]{{\thepage}}",
            r"\begin{document}\thispagestyle{fancy}",
            *(_latex_part(part, notes_of(parts)) for part in parts),
            r"\end{document}",
        ]
        source.write_text("\n\n".join(lines), encoding="utf-8")
        for _ in range(2):
            _run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", source.name], folder)
        return source.with_suffix(".pdf")

    return make


def _latex_part(part: Part, notes: dict[str, str]) -> str:
    texts = [noted(_escaped(text), notes, r"\footnote{%s}") for text in part.texts]
    if part.kind == "heading":
        if part.level == 1:
            return rf"\title{{{texts[0]}}}\author{{}}\date{{}}\maketitle\thispagestyle{{fancy}}"
        return rf"\{'sub' * (part.level - 2)}section{{{texts[0]}}}"
    if part.kind in {"bullets", "numbers"}:
        name = "itemize" if part.kind == "bullets" else "enumerate"
        return "\n".join([rf"\begin{{{name}}}", *(rf"\item {text}" for text in texts), rf"\end{{{name}}}"])
    if part.kind == "table":
        head, *rows = [" & ".join(map(_escaped, row)) + r"\\" for row in part.rows]
        columns = "l" * len(part.rows[0])
        body = "\n".join([r"\toprule", head, r"\midrule", *rows, r"\bottomrule"])
        return rf"\begin{{center}}\begin{{tabular}}{{{columns}}}{body}\end{{tabular}}\end{{center}}"
    return "" if part.kind == "note" else texts[0]


def _escaped(text: str) -> str:
    return text.replace("²", r"\textsuperscript{2}").replace("%", r"\%")


def _chromium(columns: int, style: str = "") -> Callable[[list[Part], str, Path], Path]:
    def make(parts: list[Part], language: str, folder: Path) -> Path:
        head = _HEAD[language]
        sheet = (
            f'@page {{ size: A5; margin: 18mm 14mm; @top-left {{ content: "{head}"; font: 8pt serif }}'
            " @bottom-center { content: counter(page); font: 8pt serif } }"
            " body { margin: 0; font: 10pt/1.3 'Liberation Serif', serif; text-align: justify }"
            f" main {{ columns: {columns}; column-gap: 14pt }} h1 {{ font-size: 18pt }} h2 {{ font-size: 13pt }}"
            " h3 { font-size: 10pt } h1, h2, h3 { text-align: left; break-after: avoid }"
            " small { font-size: 8pt; display: block }"
            f" td, th {{ border: 0.5pt solid; padding: 1pt 4pt; text-align: left }}"
            f" table {{ border-collapse: collapse }} {style}"
        )
        body = "\n".join(_html_part(part, language) for part in parts)
        source = folder / "made.html"
        source.write_text(
            f"<!DOCTYPE html><html lang={_LANGUAGE[language][0]}><meta charset=utf-8><title>{head}</title>"
            f"<style>{sheet}</style><main>{body}</main>",
            encoding="utf-8",
        )
        made = folder / "made.pdf"
        flags = ["--headless", "--no-sandbox", "--no-pdf-header-footer", f"--user-data-dir={folder}/profile"]
        _run(["chromium", *flags, f"--print-to-pdf={made}", source.as_uri()], folder)
        return made

    return make


def _html_part(part: Part, language: str) -> str:
    def shown(text: str) -> str:
        words = html.escape(text).split(" ")
        return " ".join(_syllables(word) if language == "german" else word for word in words)

    texts = [noted(shown(text), {str(n): str(n) for n in range(1, 10)}, "<sup>%s</sup>") for text in part.texts]
    if part.kind == "heading":
        return f"<h{part.level}>{texts[0]}</h{part.level}>"
    if part.kind in {"bullets", "numbers"}:
        name = "ul" if part.kind == "bullets" else "ol"
        return f"<{name}>{''.join(f'<li>{text}</li>' for text in texts)}</{name}>"
    if part.kind == "table":
        head, *rows = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in part.rows)
        return f"<table><tr>{head.replace('td>', 'th>')}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
    return f"<small><sup>{part.level}</sup> {texts[0]}</small>" if part.kind == "note" else f"<p>{texts[0]}</p>"


def _syllables(word: str) -> str:
    """Return a long word with a place in its middle where it may be parted, before a consonant and a vowel."""
    if len(word) < 2 * _SYLLABLES - 4 or not word.isalpha():
        return word
    for at in range(_SYLLABLES - 2, len(word) - 3):
        if word[at] not in "aeiouäöü" and word[at + 1] in "aeiouäöü":
            return f"{word[:at]}\u00ad{word[at:]}"
    return word


def _libreoffice(columns: int) -> Callable[[list[Part], str, Path], Path]:
    def make(parts: list[Part], language: str, folder: Path) -> Path:
        notes = notes_of(parts)
        title = next(part for part in parts if part.level == 1)
        rest = "\n".join(_fodt_part(part, notes) for part in parts if part is not title and part.kind != "note")
        body = _fodt_part(title, notes) + (
            f'<text:section text:style-name="Columns" text:name="Body">{rest}</text:section>' if columns > 1 else rest
        )
        source = folder / "made.fodt"
        source.write_text(_fodt(body, language, columns), encoding="utf-8")
        profile = f"-env:UserInstallation=file://{folder}/profile"
        _run(["soffice", profile, "--headless", "--convert-to", "pdf", source.name], folder)
        return source.with_suffix(".pdf")

    return make


def _fodt(body: str, language: str, columns: int) -> str:
    code, country = _LANGUAGE[language]
    names = ("office", "style", "text", "table", "fo")
    addresses = (f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in names[:4])
    spaces = " ".join(f'xmlns:{name}="{address}"' for name, address in zip(names, addresses, strict=False))
    spaces += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'

    def style(name: str, size: int, *, bold: bool, level: int = 0) -> str:
        weight = "bold" if bold else "normal"
        outline = f' style:default-outline-level="{level}"' if level else ""
        edge = f'fo:margin-top="{size / 2}pt" fo:margin-bottom="4pt"'
        return (
            f'<style:style style:name="{name}" style:family="paragraph"{outline}><style:paragraph-properties {edge} '
            f'fo:keep-with-next="{"always" if bold else "auto"}" fo:text-align="{"start" if bold else "justify"}"/>'
            f'<style:text-properties fo:font-size="{size}pt" fo:font-weight="{weight}" fo:hyphenate="true" '
            'fo:hyphenation-remain-char-count="2" fo:hyphenation-push-char-count="2"/></style:style>'
        )

    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:version="1.3" '
        'office:mimetype="application/vnd.oasis.opendocument.text"><office:styles>'
        '<style:default-style style:family="paragraph"><style:text-properties style:font-name="Liberation Serif" '
        f'fo:font-family="Liberation Serif" fo:font-size="10pt" fo:language="{code}" fo:country="{country}"/>'
        "</style:default-style>"
        + style("Text", 10, bold=False)
        + style("Cell", 10, bold=False).replace("justify", "start")
        + "".join(style(f"H{n}", size, bold=True, level=n) for n, size in ((1, 20), (2, 14), (3, 11)))
        + "</office:styles><office:automatic-styles>"
        '<style:style style:name="Cell" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #000000" '
        'fo:padding="2pt"/></style:style>'
        '<style:style style:name="Columns" style:family="section"><style:section-properties>'
        f'<style:columns fo:column-count="{columns}" fo:column-gap="14pt"/></style:section-properties></style:style>'
        '<style:page-layout style:name="Page"><style:page-layout-properties fo:page-width="148mm" fo:page-height="210mm" '
        'fo:margin="14mm"/><style:header-style><style:header-footer-properties fo:min-height="8mm"/></style:header-style>'
        '<style:footer-style><style:header-footer-properties fo:min-height="8mm"/></style:footer-style></style:page-layout>'
        "</office:automatic-styles><office:master-styles>"
        '<style:master-page style:name="Standard" style:page-layout-name="Page">'
        f'<style:header><text:p text:style-name="Text">{_HEAD[language]}</text:p></style:header>'
        '<style:footer><text:p text:style-name="Text"><text:page-number text:select-page="current">1</text:page-number>'
        "</text:p></style:footer></style:master-page></office:master-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document>"
    )


def _fodt_part(part: Part, notes: dict[str, str]) -> str:
    def shown(text: str) -> str:
        for number, note in notes.items():
            text = text.replace(
                f"[^{number}]",
                f'<text:note text:id="n{number}" text:note-class="footnote"><text:note-citation>{number}</text:note-citation>'
                f'<text:note-body><text:p text:style-name="Text">{note}</text:p></text:note-body></text:note>',
            )
        return text

    if part.kind == "heading":
        return (
            f'<text:h text:style-name="H{part.level}" text:outline-level="{part.level}">{shown(part.texts[0])}</text:h>'
        )
    if part.kind in {"bullets", "numbers"}:
        items = [
            f'<text:p text:style-name="Text">{"•" if part.kind == "bullets" else f"{nth}."} {shown(text)}</text:p>'
            for nth, text in enumerate(part.texts, 1)
        ]
        return "".join(items)
    if part.kind == "table":
        cell = '<table:table-cell table:style-name="Cell"><text:p text:style-name="Cell">%s</text:p></table:table-cell>'
        rows = "".join(
            f"<table:table-row>{''.join(cell % plain(each) for each in row)}</table:table-row>" for row in part.rows
        )
        return f'<table:table><table:table-column table:number-columns-repeated="{len(part.rows[0])}"/>{rows}</table:table>'
    return f'<text:p text:style-name="Text">{shown(part.texts[0])}</text:p>'


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise SystemExit(f"{command[0]}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}")


_T1 = r"\usepackage[T1]{fontenc}\usepackage{lmodern}"
_EDITIONS = (
    ("latex_one", "english", _latex("11pt,a4paper", "")),
    ("latex_two", "english", _latex("10pt,a4paper,twocolumn", r"\usepackage{hyperref}")),
    ("latex_two", "german", _latex("10pt,a4paper,twocolumn", _T1)),
    ("libreoffice_one", "english", _libreoffice(1)),
    ("libreoffice_two", "german", _libreoffice(2)),
    ("chromium_one", "english", _chromium(1)),
    ("chromium_two", "german", _chromium(2)),
    ("chromium_three", "english", _chromium(3, "body { font-size: 7pt } @page { size: A5 landscape }")),
)

if __name__ == "__main__":
    main()
