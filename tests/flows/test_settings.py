"""One settings schema: defaults that work, an unknown key with its nearest name, three layers that override."""

from pathlib import Path

import pytest

from flows.faults import InputError
from flows.settings import load_settings

OWN_LAYOUT = """
[[layouts]]
name = "own"
kind = "order_line"
[layouts.columns]
order_id = "No"
happened_at = "Date"
product_id = "Code"
quantity = "Pieces"
unit_price = "Price"
"""


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty working directory, and no variable of the machine's."""
    monkeypatch.chdir(tmp_path)
    for name in ("TIMEZONE", "CURRENCY", "NAME"):
        monkeypatch.delenv(f"REGULARS_SHOP__{name}", raising=False)


def config(text: str, name: str = "regulars.toml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def refusal(text: str) -> str:
    with pytest.raises(InputError) as refused:
        load_settings(config(text))
    message = str(refused.value)
    assert message.startswith("regulars.toml: ")
    assert "\n" not in message
    return message.removeprefix("regulars.toml: ")


def test_without_a_file_every_setting_has_a_default_that_works() -> None:
    settings = load_settings(None)
    assert (settings.config, settings.shop.timezone, settings.running.shards) == (None, "UTC", 1)
    assert str(settings.zone) == "UTC"


def test_a_file_in_the_working_directory_is_found_and_another_may_be_given() -> None:
    config('[shop]\nname = "here"')
    other = config('[shop]\nname = "there"', "other.toml")
    assert load_settings(None).shop.name == "here"
    assert load_settings(other).shop.name == "there"
    assert load_settings(other).config == other


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[shp]\nname = 'x'", "unknown setting shp; did you mean shop?"),
        ("[shop]\ntimezon = 'UTC'", "unknown setting shop.timezon; did you mean timezone?"),
        (
            "[[stores]]\nid = 'a'\n[[stores]]\nid = 'b'\ntime_zone = 'UTC'",
            "unknown setting stores.1.time_zone; did you mean",
        ),
        ("[costs]\npayment_fees = 0.03", "unknown setting costs.payment_fees; did you mean payment_fee?"),
        ("[contacts]\npause = 3", "unknown setting contacts.pause; did you mean pause_days?"),
        (
            "[[tiers]]\nname = 'm'\ntop_share = 1\nrebate = 0.1",
            "unknown setting tiers.0.rebate; known are name, top_share",
        ),
        (OWN_LAYOUT + 'acount_id = "Customer"', "did you mean account_id?"),
        (
            OWN_LAYOUT.replace('kind = "', 'refund_prefx = "C"\nkind = "'),
            "unknown setting layouts.0.refund_prefx; did you mean",
        ),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_name(text: str, told: str) -> None:
    assert told in refusal(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[shop]\ntimezone = 'Europe/Lundon'", "did you mean 'Europe/London'?"),
        ("[[stores]]\nid = 'a'\ntimezone = 'Mars'", "stores.0.timezone: unknown time zone 'Mars'"),
        ("[shop]\ncurrency = 'eur'", "shop.currency"),
        ("[[stores]]\nid = 'a/b'", "stores.0.id"),
        ("[running]\nshards = 0", "running.shards"),
        ("[costs]\nmargin = 1.5", "costs.margin"),
        ("[costs]\nshipping_per_order = -1", "costs.shipping_per_order"),
        ("[costs]\nservice_hour = 30", "costs: service_minutes and service_hour tell what a ticket costs together"),
        ("[costs.message]\nfax = 0.1", "costs.message: unknown channel 'fax'; known are email, sms"),
        ("[contacts]\ncontrol_share = 0.95", "contacts.control_share"),
        ("[contacts]\nsend_from_hour = 20\nsend_until_hour = 9", "send_until_hour must be later than send_from_hour"),
        ("[[stores]]\nid = 'a'\n[[stores]]\nid = 'a'", "stores: the name a is taken already"),
        (OWN_LAYOUT + OWN_LAYOUT, "layouts: the name own is taken already"),
        (OWN_LAYOUT.replace("own", "generic_consents"), "layouts: the name generic_consents is taken already"),
        (OWN_LAYOUT.replace('unit_price = "Price"', ""), "layout own maps no header to unit_price"),
        ("[[tiers]]\nname = 'top'\ntop_share = 0.1", "tiers: "),
        ("[[tiers]]\nname = 'm'\ntop_share = 1\n[[tiers]]\nname = 'top'\ntop_share = 0.1", "tiers: "),
        ("tiers = []", "tiers: "),
    ],
)
def test_a_value_that_cannot_work_is_refused_and_named(text: str, told: str) -> None:
    assert told in refusal(text)


def test_costs_are_told_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "[costs]\npayment_fee = 0.029\ncategory_margin = {Tea = 0.55}\nmessage = {sms = 0.05}\nnew_customer = 12"
    assert not load_settings(config("[costs]\nnew_customer = 12")).costs.are_told
    monkeypatch.setenv("REGULARS_COSTS__SHIPPING_PER_ORDER", "1.2")
    costs = load_settings(config(text)).costs
    told = (costs.payment_fee, costs.category_margin["Tea"], costs.message["sms"], costs.shipping_per_order)
    assert [str(amount) for amount in told] == ["0.029", "0.55", "0.05", "1.2"]
    assert costs.are_told


def test_a_file_that_is_no_toml_or_no_text_or_not_there_is_refused_by_name() -> None:
    assert refusal("[shop\n").startswith("not valid TOML")
    Path("latin.toml").write_bytes('[shop]\nname = "Café"'.encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.toml: cannot be read"):
        load_settings(Path("latin.toml"))
    with pytest.raises(InputError, match=r"gone\.toml: cannot be read \(FileNotFoundError\)"):
        load_settings(Path("gone.toml"))


def test_variables_override_the_file_and_flags_override_both(monkeypatch: pytest.MonkeyPatch) -> None:
    config("[shop]\nname = 'file'\ncurrency = 'EUR'\ntimezone = 'Asia/Tokyo'\n[running]\nshards = 2")
    monkeypatch.setenv("REGULARS_SHOP__NAME", "variable")
    monkeypatch.setenv("REGULARS_SHOP__TIMEZONE", "Europe/London")
    monkeypatch.setenv("REGULARS_RUNNING__SHARDS", "4")
    settings = load_settings(None, {"shop": {"name": "flag"}})
    told = settings.shop.model_dump(exclude_defaults=True)
    assert told == {"name": "flag", "currency": "EUR", "timezone": "Europe/London"}
    assert settings.running.shards == 4


def test_a_flag_that_was_not_given_does_not_count() -> None:
    assert load_settings(None, {"paths": {"exports": None, "lake": Path("here")}}).paths.exports == Path("exports")
    config("[paths]\nexports = 'mine'")
    assert load_settings(None, {"paths": {"exports": None}, "shop": None}).paths.exports == Path("mine")


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ("REGULARS_SHOP__TIMEZON", "did you mean timezone"),
        ("REGULARS_SHOPS__NAME", "did you mean REGULARS_SHOP__"),
        ("REGULARS_SHOP_TIMEZONE", "did you mean REGULARS_SHOP__..."),
    ],
)
def test_an_unknown_variable_is_refused_with_the_nearest_name(
    variable: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "x")
    with pytest.raises(InputError) as refused:
        load_settings(None)
    assert told in str(refused.value)


def test_what_a_cluster_says_of_a_service_of_our_name_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SERVICE_HOST", "SERVICE_PORT", "PORT_80_TCP_ADDR"):
        monkeypatch.setenv(f"REGULARS_{name}", "10.0.0.1")
    assert load_settings(None) == load_settings(None)


def test_the_key_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_KEY", "a secret of the shop")
    assert "secret" not in load_settings(None).model_dump_json()


def test_a_layout_is_detected_by_the_headers_of_columns_that_must_not_be_empty() -> None:
    config(OWN_LAYOUT + 'region = "Country"\nstore_id = "Shop"')
    layout = load_settings(None).layouts[0].declaration()
    assert layout.required == ("No", "Date", "Code", "Pieces", "Price")
    assert layout.columns["region"] == "Country"


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        ("purchase_order", {"order_id", "happened_at", "order_state", "customer_paid"}),
        ("customer_account", {"account_id"}),
        ("review", {"review_id", "happened_at", "product_id", "rating"}),
    ],
)
def test_a_layout_of_ones_own_must_map_what_its_kind_needs(kind: str, needed: set[str]) -> None:
    config(f'[[layouts]]\nname = "own"\nkind = "{kind}"\n[layouts.columns]\nstore_id = "Shop"\n')
    with pytest.raises(InputError) as refused:
        load_settings(None)
    told = str(refused.value)
    assert all(name in told for name in needed), told


def test_the_fingerprint_changes_with_what_shapes_a_night_and_not_with_where_things_lie() -> None:
    plain = load_settings(None).fingerprint
    assert load_settings(None, {"paths": {"lake": "elsewhere"}, "running": {"shards": 7}}).fingerprint == plain
    assert load_settings(None, {"shop": {"timezone": "Asia/Tokyo"}}).fingerprint != plain
    assert load_settings(None, {"score": {"discount_rate": 0.2}}).fingerprint != plain


def test_the_settings_shipped_as_an_example_are_valid() -> None:
    folder = Path(__file__).parents[2] / "examples"
    shipped = sorted(folder.glob("*.toml"))
    assert shipped
    for path in shipped:
        assert load_settings(path).config == path


def test_phone_numbers_are_of_the_country_of_the_store_else_of_the_shop() -> None:
    config(
        "[shop]\ntimezone = 'Asia/Shanghai'\n[[stores]]\nid = 'boston'\ntimezone = 'America/New_York'\n"
        "[[stores]]\nid = 'told'\ntimezone = 'America/New_York'\ncountry = 'CA'\n"
    )
    settings = load_settings(None)
    assert [settings.country_of(store) for store in ("boston", "told", "unlisted")] == ["US", "CA", "CN"]
    config("[[stores]]\nid = 'web'\n")
    assert load_settings(None).country_of("web") is None
    config("[shop]\ncountry = 'DE'\n")
    assert load_settings(None).country_of("web") == "DE"


def test_who_is_apart_is_told_by_ids_and_not_by_addresses() -> None:
    config("[identity]\napart = [['ann@example.com', 'c0123456789abcdef0123']]\n")
    with pytest.raises(InputError, match="identity") as raised:
        load_settings(None)
    assert "ann@" not in str(raised.value)
