"""Yotpo: reviews, with the day before the month."""

from transforms.platforms import unused
from transforms.platforms.reviews import OWN_ARTICLES
from transforms.reading.layout import Layout, Platform

REVIEWS = Layout(
    name="yotpo_reviews",
    kind="review",
    columns={
        "review_id": ("Product ID", "Email", "Display Name", "Date"),
        "happened_at": "Date",
        "account_id": "Email",
        "product_id": "Product ID",
        "rating": "Review Score",
        "review_text": "Review Content",
    },
    required=("Review Content", "Review Score", "Date", "Product ID", "Email"),
    may_be_blank=("product_id",),
    numbered=("review_id",),
    dates="dmy",
    where="Yotpo, the list of reviews, export",
    unused={unused.LATER: ("Review Title", "Verified Purchase"), unused.TWIN: ("Product Title", "Product URL")},
)
PLATFORM = Platform(
    name="yotpo",
    title="Yotpo",
    layouts=(REVIEWS,),
    buyer="The e-mail address of the reviewer.",
    money="It tells of no money.",
    lacks=("a number of the review: one is made of article, reviewer and day", "whether it is shown", OWN_ARTICLES),
)
