"""Programming languages, by what their readers need: how comments are written, and what defines a name."""

from __future__ import annotations

from dataclasses import dataclass

import regex

_Form = regex.Pattern[str]
_Signs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Language:
    """How a language is written.

    ``comments`` matches the sign at the start of a line that is a comment as a whole; ``blocks`` are the signs around comments
    of several lines. ``defines`` are the forms of a line that defines a function, a class or the like; their group ``name`` is
    its name. ``bodies`` are forms that define something only if a body in braces follows.
    """

    comments: _Form
    blocks: _Signs
    defines: tuple[_Form, ...]
    bodies: tuple[_Form, ...] = ()


def _any(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


# Before the word that defines, in whatever language.
_MODIFIER = _any(
    r"@[\w.]+(?:\([^()]*\))? export default public private protected internal static final abstract async unsafe const inline"
    r" virtual override open sealed data partial readonly declare local suspend case implicit lazy pub(?:\([^()]*\))? typedef"
    r" extern(?:\x20\"[^\"]*\")? template\x20?<[^>]*> required convenience mutating fileprivate tailrec operator infix"
)
_MODIFIERS = rf"[ \t]*+(?:{_MODIFIER}[ \t]+)*+"
_DEFINING = _any(
    r"class interface struct enum union trait impl(?:<[^>]*>)? module namespace object record protocol extension actor"
    r" mixin func(?:\x20?\([^()]*\))? fn fun(?:\x20?<[^>]*>)? def defp defmodule defmacro defmethod function\*? sub proc"
    r" procedure macro subroutine program service message rpc contract type(?=\x20\w+\x20(?:struct|interface|=))"
)
_NAME = r"(?P<name>[\p{L}_$][\w$.:]*[?!]?)"
# A line that ends with ";" only declares.
_KEYWORD = regex.compile(rf"{_MODIFIERS}{_DEFINING}[ \t]+&?{_NAME}(?![ ]*=[^=>])(?![^{{]*;[ \t]*$)", regex.IGNORECASE)
_STATEMENT = _any(
    "if for while switch catch return else do new throw case sizeof delete await yield typeof using lock foreach assert elif"
    " until unless when and or not in import from echo print"
)
# "int main(int argc, char **argv) {", "void Shape::draw() const", "constructor(x) {": a name before parentheses.
_BRACED = regex.compile(
    rf"{_MODIFIERS}(?!{_STATEMENT}\b)(?:[\p{{L}}_~][\w<>,.:*&~\[\]?@]*+[ \t*&]+){{0,6}}"
    rf"(?!{_STATEMENT}\b)(?P<name>~?[\p{{L}}_$#][\w$:~]*)[ \t]*+\("
)
_ASSIGNED = regex.compile(
    rf"[ \t]*+(?:export[ ]+)?(?:default[ ]+)?(?:const|let|var)?[ \t]*{_NAME}[ \t]*(?:=|<-|:)[ \t]*(?:async[ ]+)?"
    r"(?:function\b|\([^()]*\)[ \t]*(?::[^=]+)?=>|\w+[ \t]*=>|\\\()"
)
_SHELL = regex.compile(r"[ \t]*(?:function[ \t]+)?(?P<name>[\w.:-]+)[ \t]*\(\)[ \t]*(?:[{(].*)?$")
_SQL_OBJECT = _any(
    r"table view function procedure trigger index type schema database sequence package(?:[ \t]+body)? domain role event"
)
_SQL = regex.compile(
    r"[ \t]*(?:create|alter)[ \t]+(?:or[ \t]+(?:replace|alter)[ \t]+)?"
    r"(?:(?:global|local|temp|temporary|unique|materialized|external|virtual|recursive)[ \t]+)*"
    rf"{_SQL_OBJECT}[ \t]+(?:concurrently[ \t]+)?(?:if[ \t]+not[ \t]+exists[ \t]+)?(?P<name>[\w.$\"`\[\]]+)",
    regex.IGNORECASE,
)
_LISP = regex.compile(r"\((?:cl-)?(?:def\w*|define\S*)[*!]?[ \t]+\(?(?:\^\S+[ \t]+)*(?P<name>[^\s()]+)")
_CLAUSE = regex.compile(r"(?P<name>[\p{Ll}_]\w*)[ \t]*\([^()]*\)[^()]*->")
_SIGNATURE = regex.compile(r"(?P<name>[\p{Ll}_][\w']*)[ \t]*::[ \t].*")
_DATA = regex.compile(rf"(?:data|newtype|class|type)[ \t]+{_NAME}")
_LET = regex.compile(rf"(?:let|and|val|method|type|module|class)[ \t]+(?:(?:rec|inline|private|mutable)[ \t]+)*{_NAME}")
_TARGET = regex.compile(r"(?P<name>[\w./%-]+)[ \t]*::?(?=[ \t]|$)")
_RESOURCE = regex.compile(
    r"(?:resource|data|module|variable|output|provider)[ \t]+(?P<name>\"[^\"]+\"(?:[ \t]+\"[^\"]+\")?)[ \t]*\{"
)
_STAGE = regex.compile(r"FROM[ \t]+(?P<name>\S+.*)", regex.IGNORECASE)
_CMAKE = regex.compile(r"(?:function|macro)[ \t]*\([ \t]*(?P<name>\w+)", regex.IGNORECASE)
_LABEL = regex.compile(r"(?P<name>[\w.$]+):")
_BATCH = regex.compile(r":(?P<name>\w+)")
_MATLAB = regex.compile(r"function[ \t]+(?:[^=]*=[ \t]*)?(?P<name>\w+)")
_OBJECTIVE_C = regex.compile(
    r"(?:[-+][ \t]*\([^()]*\)[ \t]*|@(?:interface|implementation|protocol)[ \t]+)(?P<name>\w+)(?![^{]*;[ \t]*$)"
)
_STAR: _Signs = (("/*", "*/"),)


def _language(signs: str, blocks: _Signs, *defines: _Form, bodies: tuple[_Form, ...] = ()) -> Language:
    return Language(regex.compile(rf"[ \t]*(?:{signs})"), blocks, defines, bodies)


_FAMILIES: tuple[tuple[str, Language], ...] = (
    (
        ".c .h .cc .cpp .cxx .hh .hpp .hxx .ino .cu .mm .vala .java .cs .js .jsx .mjs .cjs .ts .tsx .mts .cts .dart .groovy .go"
        " .rs .swift .kt .kts .scala .zig .gradle .proto .sol .d",
        _language("//", _STAR, _KEYWORD, _ASSIGNED, bodies=(_BRACED,)),
    ),
    (".php", _language(r"//|#(?!\[)", _STAR, _KEYWORD, _ASSIGNED)),
    (".css .scss .less .sass", _language("//", _STAR)),
    (".py .pyi .pyw .pyx .nim .cr .coffee .r .tcl .ex .exs", _language("#", (), _KEYWORD, _ASSIGNED)),
    (".rb", _language("#", (("=begin", "=end"),), _KEYWORD)),
    (".jl", _language("#(?!=)", (("#=", "=#"),), _KEYWORD)),
    (".pl .pm", _language("#", (("=pod", "=cut"), ("=head", "=cut")), _KEYWORD)),
    (".sh .bash .zsh .ksh .fish", _language("#", (), _SHELL, _KEYWORD)),
    (".ps1 .psm1", _language("#(?!>)", (("<#", "#>"),), _KEYWORD)),
    (".cmake", _language("#", (("#[[", "]]"),), _CMAKE)),
    (".mk .make", _language("#", (), _TARGET)),
    (".dockerfile", _language("#", (), _STAGE)),
    (".tf .hcl", _language("#|//", _STAR, _RESOURCE)),
    (".sql", _language("--", _STAR, _SQL)),
    (".lua", _language(r"--(?!\[\[)", (("--[[", "]]"),), _KEYWORD, _ASSIGNED)),
    (".hs .elm .purs", _language("--", (("{-", "-}"),), _SIGNATURE, _DATA)),
    (".ada .adb .ads .vhd .vhdl", _language("--", (), _KEYWORD)),
    (".lisp .cl .el .clj .cljs .cljc .scm .rkt", _language(";", (("#|", "|#"),), _LISP)),
    (".asm .s", _language("[;#@]|//", _STAR, _LABEL)),
    (".erl .hrl", _language("%", (), _CLAUSE)),
    (".m", _language(r"%(?!\{)|//", (("%{", "%}"), *_STAR), _KEYWORD, _MATLAB, _OBJECTIVE_C)),
    (".f .for .f90 .f95 .f03", _language("!|[cC*](?=[ ]{2})", (), _KEYWORD)),
    (".ml .mli", _language("(?!)", (("(*", "*)"),), _LET)),
    (".fs .fsx", _language("//", (("(*", "*)"),), _LET)),
    (".pas .pp", _language("//", (("{", "}"), ("(*", "*)")), _KEYWORD)),
    (".vb .bas .vbs", _language("'|(?i:rem)(?=[ \t])", (), _KEYWORD)),
    (".bat .cmd", _language("(?i:rem)(?=[ \t])|::", (), _BATCH)),
)
# By suffix, in small letters.
LANGUAGES = {suffix: language for suffixes, language in _FAMILIES for suffix in suffixes.split()}
