"""Mailchimp: an export of an audience is a file for each status, told apart by its name."""

from transforms.platforms import unused
from transforms.reading.layout import Always, Layout, Platform, Told

WHO = "Email Address"
CONTACT: dict[str, Told | tuple[Told, ...]] = {
    "account_id": WHO,
    "customer_name": ("First Name", "Last Name"),
    "email": WHO,
    "region": "CC",
}
UNUSED = {
    unused.PLATFORM: ("MEMBER_RATING", "LAST_CHANGED", "LEID", "EUID"),
    unused.PERSON: (
        "OPTIN_IP",
        "CONFIRM_IP",
        "LATITUDE",
        "LONGITUDE",
        "GMTOFF",
        "DSTOFF",
        "TIMEZONE",
        "REGION",
    ),
    unused.NOTE: ("NOTES",),
    unused.LATER: ("TAGS",),
}
NOT_SAID = {**UNUSED, unused.LATER: ("TAGS", "OPTIN_TIME", "CONFIRM_TIME")}
WHERE = "Mailchimp, Audience, All contacts, Export Audience: unpack the archive and keep the files' names"


def _consent(state: str, said_at: tuple[str, ...] = ()) -> Layout:
    dated: dict[str, Told | tuple[Told, ...]] = {"happened_at": said_at} if said_at else {}
    return Layout(
        name=f"mailchimp_{state}",
        kind="consent",
        columns={
            "account_id": WHO,
            **dated,
            "channel": Always("email"),
            "purpose": Always("marketing"),
            "consent_state": Always(state),
        },
        required=(),
        may_be_blank=("happened_at",),
        told_by=("account_id",),
        timezone="UTC",
    )


SUBSCRIBED = Layout(
    name="mailchimp_subscribed",
    kind="customer_account",
    columns=CONTACT,
    required=(WHO, "OPTIN_TIME", "LEID"),
    joined=("customer_name",),
    also=(_consent("granted", ("CONFIRM_TIME", "OPTIN_TIME")),),
    named=("subscribed_*",),
    where=WHERE,
    unused=UNUSED,
)

UNSUBSCRIBED = Layout(
    name="mailchimp_unsubscribed",
    kind="customer_account",
    columns=CONTACT,
    required=(WHO, "UNSUB_TIME"),
    joined=("customer_name",),
    also=(_consent("refused", ("UNSUB_TIME",)),),
    where=WHERE,
    unused={
        **NOT_SAID,
        unused.CAMPAIGN: ("UNSUB_CAMPAIGN_TITLE", "UNSUB_CAMPAIGN_ID"),
        unused.NOTE: ("NOTES", "UNSUB_REASON", "UNSUB_REASON_OTHER"),
    },
)

CLEANED = Layout(
    name="mailchimp_cleaned",
    kind="customer_account",
    # The address bounces, so it tells who it was and is not one to write to.
    columns={name: told for name, told in CONTACT.items() if name != "email"},
    required=(WHO, "LEID", "EUID"),
    joined=("customer_name",),
    also=(_consent("unknown"),),
    named=("cleaned_*",),
    where=WHERE,
    unused=NOT_SAID,
)

NONSUBSCRIBED = Layout(
    name="mailchimp_nonsubscribed",
    kind="customer_account",
    columns=CONTACT,
    required=(WHO, "LEID", "EUID"),
    joined=("customer_name",),
    also=(_consent("unknown"),),
    named=("nonsubscribed_*",),
    where=WHERE,
    unused=NOT_SAID,
)

PLATFORM = Platform(
    name="mailchimp",
    title="Mailchimp",
    layouts=(SUBSCRIBED, UNSUBSCRIBED, CLEANED, NONSUBSCRIBED),
    buyer="The e-mail address.",
    money="It tells of no money.",
    lacks=(
        "orders",
        "whether a contact was imported by the shop: then the time of its consent is that of the import",
    ),
)
