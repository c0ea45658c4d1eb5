"""How the letters of a file are written down, told from its bytes.

First a byte-order mark, then strict UTF-8, then GB18030, which takes in GBK and GB2312; only what is none of these is
guessed. In all but UTF-16 quotes and newlines are the bytes they are in ASCII, so records are counted without decoding.
"""

import codecs
from collections.abc import Iterable, Iterator

from charset_normalizer import from_bytes

UTF8, GB18030, UTF16_LE, UTF16_BE = "utf-8", "gb18030", "utf-16-le", "utf-16-be"
GUESSED = ["cp1252", "cp1251", "big5", "cp932", "cp949"]
"""What is looked for where nothing else fits. Western shops export cp1252, which its neighbours resemble."""
MOSTLY = 0.9
"""Share of the lines beyond ASCII that must be well-formed for a file to be taken for damaged, not foreign."""
FEWEST_LINES = 3
"""Beyond ASCII, to guess from."""
MARK = "\udcff"
"""A lone surrogate, in the place of a byte that cannot be decoded. Its UTF-8 is none, so that the row is found."""
_MARKS = ((codecs.BOM_UTF8, UTF8), (codecs.BOM_UTF16_LE, UTF16_LE), (codecs.BOM_UTF16_BE, UTF16_BE))


def _marked(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return MARK * (error.end - error.start), error.end


codecs.register_error("regulars.mark", _marked)


def told_by_mark(head: bytes) -> str | None:
    """Encoding by the byte-order mark, or by every second byte of a text in UTF-16 without one; else None."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    shown = head[:2000]
    for encoding, zeros in ((UTF16_LE, shown[1::2]), (UTF16_BE, shown[::2])):
        if len(zeros) > 1 and zeros.count(0) > len(zeros) * 0.4 and shown.count(0) == zeros.count(0):
            return encoding
    return None


def guessed(sample: bytes) -> str:
    """Encoding of a text that is not UTF-8 throughout, from whole lines of it.

    A text most of whose lines are UTF-8, or GB18030, is that and damaged; another is what charset-normalizer says. From
    a line or two nothing can be told: better two broken rows than two wrong names.
    """
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    shares = {encoding: sum(_is(line, encoding) for line in lines) for encoding in (UTF8, GB18030)}
    best = max(shares, key=lambda encoding: shares[encoding])
    if shares[best] >= MOSTLY * len(lines) or len(lines) < FEWEST_LINES:
        return best
    guess = from_bytes(b"\n".join(lines[:1000]), cp_isolation=GUESSED).best()
    return guess.encoding if guess else GUESSED[0]


def _is(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def countable(chunks: Iterable[bytes], encoding: str, *, ends_in_cr: bool) -> Iterator[bytes]:
    """Bytes in which a newline, a quote and a delimiter are the bytes they are in ASCII, wherever they stand."""
    if encoding in (UTF16_LE, UTF16_BE):
        chunks = as_utf8(chunks, encoding)
    return _with_newlines(chunks) if ends_in_cr else iter(chunks)


def _with_newlines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    is_after_cr = False
    for chunk in chunks:
        rest = chunk[1:] if is_after_cr and chunk.startswith(b"\n") else chunk
        is_after_cr = chunk.endswith(b"\r")
        yield rest.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def as_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The text in UTF-8; where a byte cannot be decoded, with a mark that is no UTF-8."""
    decoder = codecs.getincrementaldecoder(encoding)("regulars.mark")
    for chunk in chunks:
        yield decoder.decode(chunk).encode(UTF8, "surrogatepass")
    yield decoder.decode(b"", final=True).encode(UTF8, "surrogatepass")
