"""From bytes to text: UTF-8, UTF-16 with its mark, or a code page of Windows."""

from __future__ import annotations

import codecs
import re

from ganviz.invalid import Invalid

CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
"""Characters that no text has."""

NAMES = {
    "utf-16": "UTF-16",
    "cp1252": "letters as in Windows-1252 (Western Europe)",
    "cp1250": "letters as in Windows-1250 (Central Europe)",
    "cp1251": "letters as in Windows-1251 (Cyrillic)",
    "cp1253": "letters as in Windows-1253 (Greek)",
    "cp932": "letters as in Windows-932 (Japanese)",
    "cp936": "letters as in Windows-936 (Chinese)",
    "cp949": "letters as in Windows-949 (Korean)",
    "latin-1": "letters as in Latin-1",
}
"""What is said of an encoding that was assumed."""


def decoded(content: bytes, file: str) -> tuple[str, str]:
    """The text in a file, and what is said of its encoding: nothing of UTF-8. Raises `Invalid` where it holds none."""
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Invalid(f"{file} is damaged: it begins as a text in UTF-16 does, and is none.") from None
    if CONTROLS.search(text):
        raise Invalid(f"{file} is no table: it holds bytes that are no text.")
    return text, NAMES.get(encoding, "")


def _encoding(content: bytes) -> str:
    marked = unicode_of(content)
    if marked == "utf-16" or _decodes(content, "utf-8"):
        return marked
    return code_page(content)


def unicode_of(content: bytes) -> str:
    """UTF-16 where the content begins with its mark, else UTF-8, with its own mark or without."""
    return "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"


def code_page(content: bytes) -> str:
    """The code page of a text that is not UTF-8: Western Europe's, unless the letters show that it is another.

    A table has few letters, too few for statistics of a language. What tells code pages apart are words that
    would be none in Western Europe: many accented letters in a row, or a sign such as ³ between two letters.
    """
    for page, is_evident in (
        ("cp932", _is_japanese),
        ("cp1251", _is_cyrillic),
        ("cp1253", _is_greek),
        ("cp949", _is_korean),
        ("cp936", _is_chinese),
        ("cp1250", _is_central_european),
        ("cp1252", bool),
    ):
        if is_evident(content) and _decodes(content, page):
            return page
    return "latin-1"


def _decodes(content: bytes, page: str) -> bool:
    try:
        content.decode(page)
    except UnicodeDecodeError:
        return False
    return True


def _is_japanese(content: bytes) -> bool:
    """Two characters in a row that are kana or common kanji, and none but those of Japanese. (Their first bytes are
    quotation marks and dashes in Western Europe; those of rare kanji are its accented letters.)"""
    if not re.search(rb"(?:[\x81-\x9f][\x40-\x7e\x80-\xfc]){2}", content) or not _decodes(content, "cp932"):
        return False
    return not re.search(r"[^\x00-\x7f\u3000-\u30ff\u4e00-\u9fff\uff01-\uff9f×÷±°℃→←↑↓〒￥]", content.decode("cp932"))


def _is_cyrillic(content: bytes) -> bool:
    return _is_alphabet(content, "cp1251", r"[Ѐ-ӿ]+")


def _is_greek(content: bytes) -> bool:
    return _is_alphabet(content, "cp1253", r"[Ͱ-Ͽ]+")


def _is_alphabet(content: bytes, page: str, letters: str) -> bool:
    """Whether words of three letters or more, none of them in ASCII, are words of that alphabet: with small letters
    behind a capital, never before one."""
    words = re.findall(rb"(?<![A-Za-z\x80-\xff])[\xa1-\xff]{3,}(?![A-Za-z\x80-\xff])", content)
    if not words or not _decodes(b" ".join(words), page):
        return False
    texts = [word.decode(page) for word in words]
    return all(
        re.fullmatch(letters, text) and (text.islower() or text.isupper() or text[1:].islower()) for text in texts
    )


def _is_korean(content: bytes) -> bool:
    """Four syllables in a row; they are the first characters of the Chinese code page too, which uses many more."""
    return bool(re.search(rb"(?:[\xb0-\xc8][\xa1-\xfe]){4}", content)) and _is_paired(content, b"\xb0-\xc8")


def _is_chinese(content: bytes) -> bool:
    """Two characters in a row, each of two bytes."""
    return bool(re.search(rb"(?:[\xb0-\xf7][\xa1-\xfe]){2}", content)) and _is_paired(content, b"\xa1-\xa3\xb0-\xf7")


def _is_paired(content: bytes, first: bytes) -> bool:
    """Whether all bytes beyond ASCII come in pairs."""
    pairs = re.compile(rb"(?:[%b][\xa1-\xfe])+" % first)
    return all(pairs.fullmatch(run) for run in re.findall(rb"[\x80-\xff]+", content))


def _is_central_european(content: bytes) -> bool:
    """A sign of Western Europe, such as ³ or ¿, between two letters; or a byte that means nothing there."""
    letter = rb"[A-Za-z\x8a\x8c-\x8f\x9a\x9c-\x9f\xc0-\xff]"
    sign = rb"[\xa3\xa5\xaa\xaf\xb3\xb9\xba\xbc\xbe\xbf]"
    return bool(re.search(letter + sign + letter + rb"|[\x8d\x8f\x9d]", content))
