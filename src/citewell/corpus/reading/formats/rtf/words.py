"""What the control words of Rich Text Format mean: characters, places that are no text, and charsets of fonts."""

from __future__ import annotations

from citewell.corpus.reading.flowing import LINE_END

CHARACTERS = {
    "tab": " ",
    "line": LINE_END,
    "lbr": LINE_END,
    "emdash": "—",
    "endash": "–",
    "emspace": " ",
    "enspace": " ",
    "qmspace": " ",
    "bullet": "•",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "nestcell": " | ",
    "nestrow": "; ",
}
SYMBOLS = {"~": " ", "_": "\u2011", "{": "{", "}": "}", "\\": "\\"}
# What ends a paragraph; a backslash at the end of a line does, too.
ENDS = frozenset({"par", "sect", "page", "column", "softpage"})
# Groups that hold no text, or only another form of it.
NOTHING = frozenset(
    {
        "colortbl", "pict", "nonshppict", "fldinst", "objdata", "objclass", "objname", "sp", "themedata", "datastore",
        "listtable", "listoverridetable", "rsidtbl", "generator", "filetbl", "revtbl", "xmlnstbl", "latentstyles",
        "nonesttables", "pnseclvl", "bkmkstart", "bkmkend", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "xe", "tc", "rxe",
        "ffname", "ffdeftext", "atnid", "atndate", "atnref", "atnparent", "atntime", "atnicn", "atrfstart", "atrfend",
        "mmathPict", "background", "template", "private", "do", "panose", "falt", "fontemb", "pgptbl", "userprops",
    }
)  # fmt: skip
# Groups whose text is kept apart: what becomes of it.
APART = {
    "footnote": "footnote",
    "annotation": "comment",
    "atnauthor": "commenter",
    "shptxt": "box",
    "listtext": "label",
    "pntext": "label",
    "header": "furniture",
    "headerl": "furniture",
    "headerr": "furniture",
    "headerf": "furniture",
    "footer": "furniture",
    "footerl": "furniture",
    "footerr": "furniture",
    "footerf": "furniture",
    "fonttbl": "fonts",
    "stylesheet": "styles",
    "title": "title",
    "author": "author",
    "subject": "subject",
    "keywords": "tag",
    "doccomm": "description",
    "creatim": "created",
    "revtim": "date",
    "info": "info",
}
# Groups that a reader may pass over, but that hold text.
THROUGH = frozenset({"shpinst", "shpgrp", "shp", "cs", "ts", "ds", "fldrslt"})
# Only inside "info" do these words begin a group.
OF_INFO = frozenset({"title", "author", "subject", "keywords", "doccomm", "creatim", "revtim"})
CODE_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
# By number of charset (RTF 1.9.1, "Font table"); 0 is that of Western Windows, and 1 that of the file.
CHARSETS = {
    0: "cp1252", 2: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
