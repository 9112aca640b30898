"""Chinese fonts that travel with a document: a small TrueType font of the characters it uses.

The fonts of GB/T 9704 (仿宋, 小标宋) are licensed, so documents ask for them by name and carry a
subset of the system's Noto CJK under a name of its own for machines that lack them. Word and
LibreOffice take TrueType outlines only, hence cubic curves are turned into quadratic ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

from claims.errors import NotFoundError
from claims.language import N_

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_REGION = " SC"  # the simplified forms of a collection
_MAX_ERROR = 1.0  # units of the em (1000) a curve may be off
# What stands in every document: so that a few words can be added by hand without another font.
ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "　、。〈〉《》「」【】〔〕（），：；？！“”‘’—…·￥％〇○●□■★※"


@dataclass(frozen=True)
class Face:
    """A font of the system: its file, and the family name its subsets carry."""

    file: str
    family: str


SONG = Face("NotoSerifCJK-Regular.ttc", "Ringhound Song")
BIAOSONG = Face("NotoSerifCJK-Bold.ttc", "Ringhound Biaosong")
HEI = Face("NotoSansCJK-Regular.ttc", "Ringhound Hei")
FACES = (SONG, BIAOSONG, HEI)


def subset(face: Face, text: Iterable[str]) -> bytes:
    """Return a TrueType font of the characters in `text` that the face has; NotFoundError without the face.

    Its family name is always the same: LibreOffice keeps the first font of a name it meets, and falls
    back glyph by glyph where that one lacks a letter. All documents of one referral share a subset.
    """
    return _built(face, "".join(sorted(set(text) | set(ALWAYS))))


# Several documents of one referral share their characters often enough.
@lru_cache(maxsize=32)
def _built(face: Face, characters: str) -> bytes:
    source = _source(face)
    cmap = source.getBestCmap()
    wanted = {ord(character): cmap[ord(character)] for character in characters if ord(character) in cmap}
    names = [".notdef", *sorted(set(wanted.values()) - {".notdef"})]
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap(wanted)
    glyphs = source.getGlyphSet()
    builder.setupGlyf({name: _outline(glyphs, name) for name in names})
    metrics = source["hmtx"].metrics
    builder.setupHorizontalMetrics({name: metrics[name] for name in names})
    lines = source["hhea"]
    builder.setupHorizontalHeader(ascent=lines.ascent, descent=lines.descent)
    builder.setupNameTable(_names(face.family, source))
    bold = "Bold" in face.file
    ascent, descent = source["OS/2"].usWinAscent, source["OS/2"].usWinDescent
    # fsType 0: may be embedded without limits, as the Open Font License allows.
    builder.setupOS2(usWinAscent=ascent, usWinDescent=descent, fsType=0, usWeightClass=700 if bold else 400)
    builder.setupPost(keepGlyphNames=False)
    out = BytesIO()
    builder.save(out)
    return out.getvalue()


def _outline(glyphs: object, name: str) -> object:
    pen = TTGlyphPen(None)
    glyphs[name].draw(Cu2QuPen(pen, _MAX_ERROR, reverse_direction=True))  # type: ignore[index]
    return pen.glyph()


def _names(name: str, source: TTFont) -> dict[str, str]:
    table = source["name"]
    return {
        "familyName": name,
        "styleName": "Regular",
        "uniqueFontIdentifier": f"{name} subset",
        "fullName": name,
        "psName": name.replace(" ", ""),
        "copyright": table.getDebugName(0) or "",
        "licenseDescription": table.getDebugName(13) or "",
        "licenseInfoURL": table.getDebugName(14) or "",
    }


@lru_cache(maxsize=len(FACES))
def _source(face: Face) -> TTFont:
    for folder in FOLDERS:
        for path in sorted(folder.rglob(face.file)):
            fonts = TTCollection(path, lazy=True).fonts
            return next((font for font in fonts if (font["name"].getDebugName(1) or "").endswith(_REGION)), fonts[0])
    message = N_("The font {font} is missing; install the package fonts-noto-cjk.")
    raise NotFoundError(message, font=face.file)
