"""A picture that somebody uploads, read and written anew: nothing of the file but what is seen gets in. Pure."""

import io
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from PIL import Image, ImageOps

LARGEST: Final = 15_000_000
"""Bytes of a file: a photograph as telephones take them."""
MEGAPIXELS: Final = 40
LONGEST_SIDE: Final = 2_000
LOSSLESS: Final = 1_500_000
"""Bytes up to which drawings and screens are kept sharp; beyond, and for photographs, they are written like a photograph."""
QUALITY: Final = 88
FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")


class NotAPicture(ValueError):
    """The file is not taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture as it is kept: WebP without place, camera and comments, upright, no side longer than 2,000 pixels."""

    content: bytes
    media_type: str
    width: int
    height: int


def prepare(data: bytes) -> Prepared:
    """The picture in a file. Raises NotAPicture."""
    if len(data) > LARGEST:
        raise NotAPicture(_("The picture has more than %(size)d MB. Save it smaller.") % {"size": LARGEST // 1_000_000})
    if b"<svg" in data[:1000].lower():
        raise NotAPicture(_("SVG drawings can hold programs and are not taken. Save it as PNG."))
    try:
        image, photograph = _opened(data)
        return _written(image, photograph=photograph)
    except NotAPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as fault:
        raise _too_many_pixels() from fault
    except Exception as fault:  # the library meets whatever a file holds with whatever error
        raise NotAPicture(_("This is not a picture that can be read. Take PNG, JPEG, WebP or GIF.")) from fault


def _opened(data: bytes) -> tuple[Image.Image, bool]:
    """The picture upright, and whether it is a photograph."""
    image = Image.open(io.BytesIO(data), formats=FORMATS)
    if image.width * image.height > MEGAPIXELS * 1_000_000:
        raise _too_many_pixels()
    photograph = image.format in {"JPEG", "WEBP"}
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # of a JPEG no more is decoded than is kept
    image.load()
    upright = ImageOps.exif_transpose(image)
    see_through = "A" in upright.getbands() or "transparency" in upright.info
    return upright.convert("RGBA" if see_through else "RGB"), photograph


def _written(image: Image.Image, *, photograph: bool) -> Prepared:
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    content = b"" if photograph else _webp(image, lossless=True)
    if not 0 < len(content) <= LOSSLESS:
        content = _webp(image, lossless=False)
    return Prepared(content, "image/webp", image.width, image.height)


def _webp(image: Image.Image, *, lossless: bool) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", lossless=lossless, quality=QUALITY)
    return out.getvalue()


def _too_many_pixels() -> NotAPicture:
    return NotAPicture(_("The picture has more than %(most)d million pixels. Save it smaller.") % {"most": MEGAPIXELS})
