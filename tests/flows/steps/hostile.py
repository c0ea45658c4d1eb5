"""Export files as nobody should write them: sound ones, changed in one to three ways by a seeded generator."""

import io
import random
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime

from tests.flows.io.containers.packed import gzipped, link, ods, ods_content, protected, xlsx, zipped, zipped_under
from tests.flows.steps.conftest import HEADER
from tests.flows.steps.native import SHOPIFY, TAOBAO_ORDERS

SECRET = "anna@example.com"
"""Stands in every file and must not be in any message."""
AT = "2026-03-01 10:00:00"
TEXTS = {
    "utf-8": f'{HEADER}\nO1,{AT},{SECRET},P1,1,2.50\nO2,{AT},"9, or\n""9""",P2,2,3\n'
    f"O3,{AT},茶客,P3,1,1\nO4,{AT},é,P,1,1\n",
    "utf-8-sig": f"{SHOPIFY}\n"
    f'#1,{SECRET},paid,,EUR,5.00,25.00,0.00,{AT} +0800,1,"Tea\nblack",15.00,TEA,0.00,,4.00,\n'
    "#1,,,,,,,,,1,Pot,10.00,POT,2.00,,,\n"
    f"#2,b@x.example,paid,,EUR,0.00,8.00,2.00,{AT} +0800,1,Tea,10.00,TEA,0.00,,0.00,'+8613000000001\n",
    "gb18030": f"{TAOBAO_ORDERS}\n"
    f'="1",{SECRET},0.00,50.00,50.00,交易成功,{AT},{AT},订单未关闭,0.00\n'
    f'="2",茶客,0.00,50.00,50.00,"卖家已发货，等待买家确认",{AT},{AT},订单未关闭,0.00,\n',
}
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-be", "utf-32", "cp1252", "big5", "shift_jis", "utf-7")
CELLS = (
    *("0001-01-01 00:00:00", "9999-12-31 23:59:59", "0000-00-00", "1899-12-31", "2026-02-30", "26-3-1", AT + " +2500"),
    *("1e308", "-1e308", "1E+18", "-5", "0", "", "99999999999999999999999999999999999999999", "0.00001", "1,5", "NaN"),
    *("inf", "￥1,234.50元", "=1+1", '=HYPERLINK("http://x.example")', "@SUM(1)", "1.23457E+18", "total", "合计", "-"),
    *("1" * 400, "\u202e\u0000\ufeff", "\ud7ff\U0010ffff", "' OR 1=1 --", "\x1f\x00", "x" * 70_000),
)


def mutated(seed: int) -> tuple[str, bytes]:
    """Name and bytes of file number `seed`: three of four are text, one is a container."""
    chance = random.Random(seed)
    if seed % 4 == 3:
        return _container(chance)
    return "x.csv", _text(chance, 1 + chance.randrange(3))


def _text(chance: random.Random, times: int) -> bytes:
    encoding = chance.choice(list(TEXTS))
    text = TEXTS[encoding] if chance.random() > 0.1 else f"{HEADER}\n"
    for _ in range(chance.randrange(2)):
        text = chance.choice(ON_TEXT)(text, chance)
    data = text.encode(encoding, "surrogatepass")
    # Without its header a file is refused, and proves nothing of how rows are read.
    header, newline, rest = data.partition(b"\n") if chance.random() < 0.8 else (b"", b"", data)
    for _ in range(times):
        rest = chance.choice(ON_BYTES)(rest, chance)
    return header + newline + rest


def _at(data: bytes | str, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def _replace_cell(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    place = chance.randrange(len(lines))
    cells = lines[place].split(",")
    cells[chance.randrange(len(cells))] = chance.choice(CELLS)
    lines[place] = ",".join(cells)
    return "\n".join(lines)


def _more_columns(text: str, chance: random.Random) -> str:
    count = chance.choice([1, 2, 50, 3000])
    head, _, rest = text.partition("\n")
    return head + "".join(f",c{number}" for number in range(count)) + "\n" + rest


ON_TEXT: tuple[Callable[[str, random.Random], str], ...] = (
    _replace_cell,
    _replace_cell,
    _replace_cell,
    _more_columns,
    lambda text, chance: text.replace(",", chance.choice(";\t|")),
    lambda text, chance: "notes\nmore; notes\n\n" * chance.randrange(1, 9) + text,
    lambda text, chance: text + chance.choice(["Total,,5\n", "合计：,9\n", ",,总计\n", '"Total\n",1\n']),
    lambda text, _: text.replace("\n", "\n,,收入+支出,x\n", 1),
    lambda text, _: text.replace("\n", f",{HEADER}\n", 1),
    lambda text, chance: text * chance.randrange(2, 4),
    lambda text, _: text.split("\n", 1)[1],
)


def _encoded_anew(data: bytes, chance: random.Random) -> bytes:
    return data.decode("utf-8", "replace").encode(chance.choice(ENCODINGS), "replace")


def _mixed(data: bytes, chance: random.Random) -> bytes:
    cut = _at(data, chance)
    return data[:cut] + _encoded_anew(data[cut:], chance)


def _inserted(*parts: bytes) -> Callable[[bytes, random.Random], bytes]:
    def insert(data: bytes, chance: random.Random) -> bytes:
        at = _at(data, chance)
        return data[:at] + chance.choice(parts) * chance.choice([1, 1, 1, 2, 9]) + data[at:]

    return insert


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randrange(1, 9)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut_out(data: bytes, chance: random.Random) -> bytes:
    first, last = sorted((_at(data, chance), _at(data, chance)))
    return data[:first] + data[last:]


def _without_one(data: bytes, chance: random.Random) -> bytes:
    letter = chance.choice([b'"', b",", b"\n"])
    places = [place for place, byte in enumerate(data) if byte == letter[0]]
    at = chance.choice(places or [0])
    return data[:at] + data[at + 1 :]


ON_BYTES: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    lambda data, chance: data[: _at(data, chance)],
    lambda data, chance: data[_at(data, chance) :],
    _encoded_anew,
    _mixed,
    _inserted(b'"', b'""', b'"\n', b'","', b"'"),
    _inserted(b",", b",,,", b";", b"\t", b"|"),
    _inserted(b"\0", b"\0" * 600, b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\x81", b"\x1a"),
    _inserted(b"\n", b"\r", b"\r\n", b"\n\n\n", b"\x0b\x0c", b"\xe2\x80\xa8"),
    _flipped,
    _cut_out,
    _without_one,
    lambda data, chance: data.replace(b"\n", chance.choice([b"\r", b"\r\n", b"\n\r", b""])),
    lambda _, chance: chance.randbytes(chance.randrange(200)),
)


def _rows(chance: random.Random) -> list[list[object]]:
    odd = [
        *(
            1e308,
            -1.0,
            1.5e18,
            1e15,
            0.1 + 0.2,
            True,
            None,
            "=1+1",
            '=1/0&"x"',
            "x" * 3000,
            "a\nb",
            '"',
            "合计",
            "\x01",
        ),
        *(datetime(9999, 12, 31, 23, 59, 59), datetime(1900, 1, 1), "1" * 300),  # noqa: DTZ001
    ]
    rows: list[list[object]] = [HEADER.split(","), ["O1", AT, SECRET, "P1", 1, 2.5], ["O2", AT, "8", "P2", 2, 3]]
    for _ in range(chance.randrange(4)):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = chance.choice(odd)
    return rows


def _archive(chance: random.Random) -> bytes:
    names = (
        "1.csv",
        "2/订单.csv",
        "../../x.csv",
        "/x.csv",
        "C:\\x.csv",
        "x\n.csv",
        "a" * 600,
        ".csv",
        "1.pdf",
        "a/b/",
    )
    files = {chance.choice(names): _text(chance, chance.randrange(3)) for _ in range(chance.randrange(4))}
    files |= chance.choice([{}, {}, {"in.zip": zipped({"1.csv": b"x"})}, {"in.xlsx": xlsx({"S": _rows(chance)})}])
    return chance.choice([zipped, zipped, lambda found: zipped(found, link), lambda found: protected(found, "word")])(
        files
    )


def _workbook(chance: random.Random) -> bytes:
    book = xlsx({name: _rows(chance) for name in chance.choice([["S"], ["订单", "二"]])})
    return _with_part_changed(book, chance) if chance.random() < 0.6 else book


PARTS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *ON_BYTES,
    lambda data, chance: data.replace(b'r="A2"', chance.choice([b'r="XFD1048576"', b'r="A99999999999"', b'r="-1"'])),
    lambda data, chance: data.replace(b"<v>", chance.choice([b"<v>9", b"<v>1e999", b"<v>-", b"<v><v>", b'<v t="e">'])),
    lambda data, chance: data.replace(b't="s"', chance.choice([b't="d"', b't="e"', b't="b"', b't="inlineStr"', b""])),
    lambda data, _: data.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>', 1).replace(
        b"<t>", b"<t>&b;"
    ),
)


def _with_part_changed(book: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    likely = [name for name in parts if "sheet" in name or "Strings" in name or "workbook" in name or "styles" in name]
    name = chance.choice(likely)
    parts[name] = chance.choice(PARTS)(parts[name], chance)
    if chance.random() < 0.1:
        del parts[chance.choice(likely)]
    return zipped(parts)


def _open_document(chance: random.Random) -> bytes:
    repeated = chance.choice(["1", "3", "30000", "999999999999", "-1", "x"])
    rows = [HEADER.split(","), ["O1", AT, SECRET, "P1", "1", "2.5"], ["O2", AT, "8", "P2"]]
    return ods(chance.choice([lambda data, _: data, chance.choice(PARTS)])(ods_content(rows, repeated), chance))


def _container(chance: random.Random) -> tuple[str, bytes]:
    makers: Mapping[str, Callable[[random.Random], bytes]] = {
        "x.zip": _archive,
        "x.xlsx": _workbook,
        "x.ods": _open_document,
        "x.csv.gz": lambda chance: gzipped(_text(chance, chance.randrange(3))),
        "y.zip": lambda chance: zipped_under(chance.randbytes(9).replace(b"/", b"-"), _text(chance, 1)),
        "x.xls": lambda chance: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + chance.randbytes(3000),
    }
    name = chance.choice(list(makers))
    data = makers[name](chance)
    for _ in range(chance.choice([0, 0, 1, 2])):
        data = chance.choice([_flipped, _cut_out, ON_BYTES[0], ON_BYTES[1]])(data, chance)
    return name, data
