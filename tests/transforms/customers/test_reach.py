"""On which channels a customer may be written to."""

from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.customers.tables import by_customer, table
from transforms.contracts import contact
from transforms.customers.reach import reach

POINTS = st.lists(
    st.tuples(
        st.sampled_from([f"c{n}" for n in range(8)]),
        st.sampled_from(["sms", "email", "post", "phone"]),
        st.sampled_from(["marketing", "service"]),
        st.sampled_from(["granted", "refused", "unknown"]),
    ),
    max_size=40,
)


@given(POINTS)
def test_each_channel_granted_for_marketing_is_named_once_the_preferred_first(
    points: list[tuple[str, str, str, str]],
) -> None:
    rows = [
        {"customer_id": who, "channel": channel, "address": f"{channel}{n}", "purpose": purpose, "consent_state": word}
        for n, (who, channel, purpose, word) in enumerate(points)
    ]
    found = by_customer(reach(table(contact.CONTACT_POINT, rows)))
    for customer in {who for who, *_ in points}:
        granted = {
            channel
            for who, channel, purpose, word in points
            if (who, purpose, word) == (customer, "marketing", "granted")
        }
        expected = [name for name in ("email", "sms", "phone", "post") if name in granted]
        assert found.get(customer, {}).get("reachable_by") == ("+".join(expected) or None)
