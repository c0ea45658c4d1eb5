"""Every layout that ships reads its golden file as a person would."""

import pytest

from flows.faults import InputError
from tests.flows.steps.conftest import Shop
from tests.flows.steps.golden import FOLDER, READABLE, SETTINGS, Row, expected, export, golden, read_rows
from transforms.platforms.shipped import OF_PLATFORMS
from transforms.reading.layout import Layout


@pytest.mark.parametrize("layout", READABLE, ids=lambda layout: layout.name)
def test_a_native_file_becomes_the_rows_a_person_made_of_it(shop: Shop, layout: Layout) -> None:
    told = golden(layout)
    shop.config.write_text(SETTINGS)
    export(shop, told)
    found, rejected = read_rows(shop)
    wanted = expected(told)
    numbered = {one.kind: {*one.numbered} for one in (layout, *layout.also, *layout.instead)}
    comparable = {
        kind: [_without(row, numbered.get(kind, set()) - wanted.get(kind, [{}])[0].keys()) for row in rows]
        for kind, rows in found.items()
    }
    assert {kind: sorted(rows, key=str) for kind, rows in comparable.items()} == {
        kind: sorted((_with_flags(kind, row) for row in rows), key=str) for kind, rows in wanted.items()
    }
    assert rejected == told.get("quarantine", [])


def _without(row: Row, names: set[str]) -> Row:
    return {name: value for name, value in sorted(row.items()) if name not in names}


def _with_flags(kind: str, row: Row) -> Row:
    flags = {"is_refund": False, "is_goods": True} if kind == "order_line" else {}
    return dict(sorted({**flags, **row}.items()))


@pytest.mark.parametrize("layout", [one for one in OF_PLATFORMS if one.refused], ids=lambda layout: layout.name)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason_and_the_way_out(shop: Shop, layout: Layout) -> None:
    name = export(shop, golden(layout))
    with pytest.raises(InputError) as error:
        read_rows(shop)
    assert str(error.value).startswith(f"{name}: {layout.refused}")


def test_every_golden_file_belongs_to_a_layout() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == {layout.name for layout in OF_PLATFORMS}
