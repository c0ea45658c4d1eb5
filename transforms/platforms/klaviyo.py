"""Klaviyo: lists of profiles with what each allowed by e-mail and text message."""

from transforms.platforms import unused
from transforms.reading.layout import Always, Layout, Platform, State

WHO = ("Email", "Phone Number")


def _consent(channel: str, header: str) -> Layout:
    return Layout(
        name=f"klaviyo_{channel}_consent",
        kind="consent",
        columns={
            "account_id": WHO,
            "happened_at": f"{header} Timestamp",
            "channel": Always(channel),
            "purpose": Always("marketing"),
            "consent_state": header,
        },
        required=(),
        may_be_blank=("happened_at",),
        states={
            "consent_state": (
                State("granted", {header: ("Subscribed",)}),
                State("refused", {header: ("Unsubscribed",)}),
                State("unknown", {header: ("Never subscribed", "NEVER_SUBSCRIBED")}),
            )
        },
        told_by=("account_id", "consent_state"),
    )


PROFILES = Layout(
    name="klaviyo_profiles",
    kind="customer_account",
    columns={
        "account_id": WHO,
        "happened_at": "Profile Created On",
        "customer_name": ("First Name", "Last Name"),
        "email": "Email",
        "phone": "Phone Number",
        "region": "Country",
    },
    required=("Klaviyo ID", WHO, ("Email Marketing Consent", "SMS Marketing Consent")),
    joined=("customer_name",),
    also=(_consent("email", "Email Marketing Consent"), _consent("sms", "SMS Marketing Consent")),
    where="Klaviyo, Lists & segments, a list, Manage list, Export list to CSV, with the columns of consent",
    unused={
        unused.PLATFORM: ("Klaviyo ID", "Source"),
        unused.PERSON: ("City", "State / Region", "Zip Code"),
        unused.LATER: ("Date Added", "SMS Transactional Consent", "SMS Transactional Consent Timestamp"),
    },
)

PLATFORM = Platform(
    name="klaviyo",
    title="Klaviyo",
    layouts=(PROFILES,),
    buyer="The e-mail address of the profile; without one its phone number.",
    money="It tells of no money.",
    lacks=(
        "orders",
        "bounced and suppressed addresses: they stand in the list of suppressed profiles",
        "when it was said, unless the columns of the timestamps are exported too",
    ),
)
