from flows.reference import FOLDER, pages


def test_the_reference_pages_are_current() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(), "run `make reference` and commit what it wrote"
