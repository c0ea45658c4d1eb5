"""Review apps: what buyers say of articles. None of them numbers its reviews."""

from transforms.platforms import unused
from transforms.reading.layout import Layout, Platform, State

CURATED, STATE = "curated", "state"
OWN_ARTICLES = "the article's code of the orders' export, where that is not the number or handle printed here"

JUDGEME_REVIEWS = Layout(
    name="judgeme_reviews",
    kind="review",
    columns={
        "review_id": ("product_id", "product_handle", "reviewer_email", "reviewer_name", "review_date"),
        "happened_at": "review_date",
        "account_id": "reviewer_email",
        "product_id": ("product_id", "product_handle"),
        "rating": "rating",
        "review_text": "body",
        "review_state": CURATED,
    },
    required=("body", "rating", "review_date", CURATED, "reviewer_email"),
    may_be_blank=("product_id",),
    numbered=("review_id",),
    states={"review_state": (State("spam", {CURATED: ("spam",)}), State("published", {CURATED: ("ok",)}))},
    where="Judge.me, the list of reviews, export",
    unused={
        unused.LATER: ("title", "reply", "reply_date", "picture_urls"),
        unused.PLATFORM: ("source",),
        unused.PERSON: ("ip_address", "location"),
    },
)

SHOPIFY_PRODUCT_REVIEWS = Layout(
    name="shopify_product_reviews",
    kind="review",
    columns={
        "review_id": ("product_handle", "email", "author", "created_at"),
        "happened_at": "created_at",
        "account_id": "email",
        "product_id": "product_handle",
        "rating": "rating",
        "review_text": "body",
        "review_state": STATE,
    },
    required=("product_handle", STATE, "rating", "body", "created_at", "email"),
    numbered=("review_id",),
    states={"review_state": (State("published", {STATE: ("published",)}), State("hidden", {STATE: ("unpublished",)}))},
    where="the app Product Reviews of Shopify, export",
    unused={unused.LATER: ("title", "reply", "replied_at"), unused.PERSON: ("location",)},
)

JUDGEME = Platform(
    name="judgeme",
    title="Judge.me",
    layouts=(JUDGEME_REVIEWS,),
    buyer="The e-mail address of the reviewer.",
    money="It tells of no money.",
    lacks=("a number of the review: one is made of article, reviewer and instant", OWN_ARTICLES),
)
SHOPIFY_REVIEWS = Platform(
    name="shopify_reviews",
    title="Shopify Product Reviews",
    layouts=(SHOPIFY_PRODUCT_REVIEWS,),
    buyer="The e-mail address of the author.",
    money="It tells of no money.",
    lacks=("a number of the review: one is made of article, author and instant", OWN_ARTICLES),
)
