"""Source code of many languages (``code_blocks``)."""

from __future__ import annotations

from citewell.corpus.reading.extract import Extract, FormatReader, Source

_SUFFIXES = (
    ".c .h .cc .cpp .cxx .hh .hpp .hxx .ino .cu .mm .vala .java .cs .js .jsx .mjs .cjs .ts .tsx .mts .cts .dart .groovy"
    " .go .rs .swift .kt .kts .scala .zig .gradle .proto .sol .d .php .css .scss .less .sass .py .pyi .pyw .pyx .nim .cr"
    " .coffee .r .tcl .ex .exs .rb .jl .pl .pm .sh .bash .zsh .ksh .fish .ps1 .psm1 .cmake .mk .make .dockerfile .tf .hcl"
    " .sql .lua .hs .elm .purs .ada .adb .ads .vhd .vhdl .lisp .cl .el .clj .cljs .cljc .scm .rkt .asm .s .erl .hrl .m .f"
    " .for .f90 .f95 .f03 .ml .mli .fs .fsx .pas .pp .vb .bas .vbs .bat .cmd"
)


def read(source: Source) -> Extract:
    """Read a file of source code.

    Raises:
        ReadingError: It is not text, or is minified.
    """
    from citewell.corpus.reading.formats import code_blocks

    return code_blocks.read(source)


READER = FormatReader("code", 1, frozenset(_SUFFIXES.split()), read)
