import re

import pytest

from flows.platform_pages import header_code
from flows.reference import DOCS, pages, written
from transforms.platforms import shipped
from transforms.reading.layout import Layout, Platform


def test_the_pages_made_from_the_code_are_current() -> None:
    found = {path.relative_to(DOCS).as_posix(): path.read_text(encoding="utf-8") for path in written()}
    assert found == pages(), "run `make reference` and commit what it wrote"


def _sections(page: str) -> dict[str, str]:
    """Heading of a layout -> what stands below it."""
    _, *parts = re.split(r"^## (\w+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _headers(layout: Layout) -> set[str]:
    """Every header that the declaration names: needed, read or not, and those that such files lack."""
    required = {name for one in layout.required for name in ((one,) if isinstance(one, str) else one)}
    unused = {name for names in layout.unused.values() for name in names}
    return required | {*layout.known_headers, *layout.absent} | unused


@pytest.mark.parametrize("platform", shipped.PLATFORMS, ids=lambda platform: platform.name)
def test_a_page_tells_of_every_layout_and_header_of_its_platform(platform: Platform) -> None:
    page = (DOCS / "platforms" / f"{platform.name}.md").read_text(encoding="utf-8")
    sections = _sections(page)
    assert [*sections] == [layout.name for layout in platform.layouts]
    for layout in platform.layouts:
        told = sections[layout.name].replace("### Example", "\0").partition("\0")
        read_and_not = told[0] + told[2].partition("### Not read")[2]
        assert [header for header in _headers(layout) if header_code(header) not in read_and_not] == []


def test_the_entrance_leads_to_the_page_of_every_platform() -> None:
    entrance = (DOCS / "platforms.md").read_text(encoding="utf-8")
    linked = re.findall(r"\(platforms/(\w+)\.md\)", entrance)
    assert sorted(linked) == sorted(platform.name for platform in shipped.PLATFORMS)


def test_the_layout_shown_as_an_example_is_the_one_that_ships() -> None:
    page = (DOCS / "adding-a-layout.md").read_text(encoding="utf-8")
    *_, diff = re.findall(r"^```diff\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    added = [line[1:] for line in diff.splitlines() if re.match(r"\+(?!\+\+ )", line)]
    golden, declaration = "examples/platforms/yotpo_reviews.toml", "transforms/platforms/yotpo.py"
    assert added == [*_lines(golden), "    yotpo,", "    yotpo.PLATFORM,", *_lines(declaration)]
    assert len(added) < 60


def _lines(name: str) -> list[str]:
    return (DOCS.parent / name).read_text(encoding="utf-8").splitlines()
