"""LaTeX: what is text, and what sets up the page."""

from __future__ import annotations

from citewell.corpus.reading.formats.latex import READER
from tests.support.extracts import extract, shown

PAPER = r"""\documentclass{article}
\usepackage{amsmath}
\newcommand{\boat}{Wal}
\title{On the \emph{Theory}\\ of M\"uller \& Co.\thanks{Grant 5}}
\author{Jane Roe \and John Doe\\ University of X}
\date{June 2021}
\begin{document}
\maketitle
\begin{abstract}
We show 50\% of it. % trailing
And more.
\end{abstract}
\section{Introduction}\label{sec:intro}
This paper shows
% a comment in the middle
that $x^2$ grows:
\begin{equation}
 E = mc^2
\end{equation}
where $E$ is energy.
% a comment between

\noindent Second paragraph \cite{x}.
\begin{itemize}
\item One thing
\item[Oar] Another thing
\end{itemize}
\end{document}
not text
"""


def test_a_paper_has_its_title_its_authors_and_its_date() -> None:
    found = extract(READER, PAPER)
    assert found.title == "On the Theory of Müller & Co."
    assert [(fact.name, fact.value) for fact in found.facts] == [
        ("author", "Jane Roe"),
        ("author", "John Doe"),
        ("date", "2021-06"),
    ]


def test_the_body_is_text_with_its_formulas() -> None:
    assert shown(extract(READER, PAPER)) == [
        ("prose", "Jane Roe \\and John Doe\\\\ University of X"),
        ("prose", "June 2021"),
        ("h1", "Abstract"),
        ("prose", "We show 50\\% of it. % trailing\nAnd more."),
        ("h1", "Introduction"),
        (
            "prose",
            "This paper shows\n% a comment in the middle\nthat $x^2$ grows:\n\\begin{equation}\n E = mc^2\n\\end{equation}\n"
            "where $E$ is energy.",
        ),
        ("prose", "Second paragraph \\cite{x}."),
        ("item", "One thing"),
        ("item", "[Oar] Another thing"),
    ]


def test_tables_captions_figures_and_listings() -> None:
    text = r"""
\begin{table}[ht]
\centering
\caption{Prices of {\em things}}
\begin{tabular}{l|r}
\hline
Name & Price \\
\hline
Oil & 38 \\
\end{tabular}
\end{table}
\includegraphics[width=3cm]{boat.png}
\begin{verbatim}
% not a comment
\section{no}
\end{verbatim}
\begin{comment}
hidden
\end{comment}
"""
    found = extract(READER, text)
    assert shown(found) == [
        ("prose", "Prices of {\\em things}"),
        ("verbatim", "Name & Price \\\\\n\\hline\nOil & 38 \\\\"),
        ("figure", ""),
        ("verbatim", "% not a comment\n\\section{no}"),
    ]
    head = found.blocks[1].head
    assert head is not None
    assert head.of(text) == "Name & Price \\\\"
    assert found.blocks[2].reference == "boat.png"


def test_a_chapter_without_a_preamble_is_read_whole_and_its_parts_are_named() -> None:
    found = extract(READER, "\\chapter{Oars}\n\nText.\n\n\\section*{Long \\textbf{oars}}\nMore.\n\n\\input{blades}\n")
    assert shown(found) == [("h1", "Oars"), ("prose", "Text."), ("h2", "Long oars"), ("prose", "More.")]
    assert found.warnings == ("files that it includes are not inserted: blades",)


def test_an_unclosed_brace_loses_nothing() -> None:
    found = shown(extract(READER, "Before.\n\n\\section{Never closed\n\nAfter.\n"))
    assert [text for kind, text in found if kind == "prose"][-1].endswith("After.")


def test_slides_and_theorems_have_names() -> None:
    text = "\\begin{frame}{The boat}\nIt leaks.\n\\end{frame}\n\\begin{theorem}[Ada]\nIt thinks.\n\\end{theorem}\n"
    assert shown(extract(READER, text)) == [
        ("h1", "The boat"),
        ("prose", "It leaks."),
        ("prose", "Ada"),
        ("prose", "It thinks."),
    ]
