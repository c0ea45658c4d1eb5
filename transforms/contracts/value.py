"""What the night says of the shop's value, and how well its models have foretold what came."""

from transforms.contracts import fields
from transforms.contracts.table import Column, Replace, Schema, Table, Type

PURCHASE_MODELS = (
    "pareto_nbd",
    "mbg_nbd",
    "bg_nbd",
    "pareto_nbd_map",
    "mbg_nbd_map",
    "mbg_nbd_2",
    "bg_nbd_2",
    "stack",
    "recency_bands",
)
"""`_map` has a weak prior on leaving, `_2` two kinds of customers, `stack` is several together; the last is counted."""
SPEND_MODELS = ("gamma_gamma", "credibility")
NO_MODEL = "none"
MODEL_NAMES = (
    *(f"{purchases}+{spend}" for purchases in PURCHASE_MODELS[:-1] for spend in SPEND_MODELS),
    PURCHASE_MODELS[-1],
    NO_MODEL,
)
SEASONS = ("off", "ratio", "clock")
VALUE_CLASSES = ("gold", "rising", "core")
VALUE_BASES = ("margin", "net_revenue")
BASELINES = ("last_period", "own_rate")
METRICS = ("loglik", "log_loss_90d", "brier_90d", "rmse_orders_90d", "volume_bias_90d")
SCORES = ("churn_risk_90d", "expected_orders_90d")

MODEL_CHOICE = Table(
    Schema.MART,
    "model_choice",
    grain="one reason for one choice of the night",
    description="Which models, season and measure of value the night used, and why. Every part has a row or more.",
    key=("as_of_date", "part", "reason", "candidate"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        Column(
            "part",
            Type.TEXT,
            "What was chosen: the model of purchases, that of spend, the season, or what value is measured in.",
            values=("purchases", "spend", "season", "value"),
        ),
        Column("chosen", Type.TEXT, "What the night used; the same in all rows of the part."),
        Column("candidate", Type.TEXT, "What the reason speaks of; `none` where it speaks of the data."),
        Column("reason", Type.TEXT, "Why, as a code that the report puts into words."),
        Column("figure", Type.NUMBER, "What was found, where it is a number.", nullable=True),
        Column("needed", Type.NUMBER, "What it is held against.", nullable=True),
    ),
)

MODEL_QUALITY = Table(
    Schema.MART,
    "model_quality",
    grain="one metric of one model against one other way of foretelling, in one night",
    description="How well each model foretold the 90 days after past days, learned from the data before them alone, "
    "over all customers of those days (of large shops a sample), without season.",
    key=("as_of_date", "model", "metric", "baseline"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        Column("model", Type.TEXT, "Model of purchases.", values=PURCHASE_MODELS),
        Column(
            "metric",
            Type.TEXT,
            "`loglik`: log-likelihood of what came, per customer, higher is better; `log_loss_90d` and `brier_90d` of "
            "whether somebody bought; `rmse_orders_90d` of how often; `volume_bias_90d`: expected purchases of all "
            "customers over those that came, less 1.",
            values=METRICS,
        ),
        Column("metric_value", Type.NUMBER, "The model's."),
        Column(
            "baseline",
            Type.TEXT,
            "What it is held against: `last_period` repeats the last 90 days, `own_rate` each customer's own rate; or "
            "another model.",
        ),
        Column("baseline_value", Type.NUMBER, "That one's."),
        Column(
            "verdict",
            Type.TEXT,
            "`better` or `worse` where the difference between the two is beyond its own 95 % interval over customers "
            "(of `volume_bias_90d`: where it has the same sign on two past days or more), else `same`.",
            values=("better", "same", "worse"),
        ),
        Column("is_champion", Type.BOOLEAN, "Whether this model made the night's scores."),
        Column("cut_offs", Type.INTEGER, "Past days from which it had to foretell.", minimum=1),
        fields.customers,
    ),
)

SCORE_CALIBRATION = Table(
    Schema.MART,
    "score_calibration",
    grain="one tenth of the customers by one score, in one night",
    description="What the night's model said at past days, and what came in the 90 days after them.",
    key=("as_of_date", "score", "bin"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        Column("score", Type.TEXT, "Column of mart.customer_score.", values=SCORES),
        Column(
            "bin", Type.INTEGER, "Customers by the score, from the lowest; ties stay together.", minimum=1, maximum=10
        ),
        Column("predicted", Type.NUMBER, "Mean of the score.", minimum=0),
        Column("observed", Type.NUMBER, "Share who bought nothing; or mean purchase occasions.", minimum=0),
        fields.customers,
    ),
)

SHOP_KPI = Table(
    Schema.MART,
    "shop_kpi",
    grain="one metric of one part of the shop, in one night",
    description="What the owner asks. `dimension` `all` is the whole shop; sums add up over the parts.",
    key=("as_of_date", "metric", "dimension", "member"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        Column(
            "metric",
            Type.TEXT,
            "`customers` with a purchase; `historic_value`: margin (or net revenue, see `value_basis` of "
            "mart.customer_score) so far; `customer_equity`: expected value of the next 365 days, "
            "`customer_equity_3650d` of ten years; `retention_365d`: expected share of customers who buy in the next "
            "365 days; `five_points_retention`: what five points more of that would add to the value of these days; "
            "`value_share`: part of the customer equity that the top so many percent of customers bring; "
            "`new_customer_value_3650d`: expected value of a customer after the first purchase, over ten years.",
            values=(
                "customers",
                "historic_value",
                "customer_equity",
                "customer_equity_3650d",
                "retention_365d",
                "five_points_retention",
                "value_share",
                "new_customer_value_3650d",
            ),
        ),
        Column(
            "dimension",
            Type.TEXT,
            "By what the shop is divided.",
            values=("all", "acquired_by", "cohort_year", "value_class", "top_percent"),
        ),
        Column("member", Type.TEXT, "Which part; `all` of the whole shop, `unknown` where it is not told."),
        Column("metric_value", Type.NUMBER, "The figure."),
        Column("unit", Type.TEXT, "`customers`, `currency` or `share`.", values=("customers", "currency", "share")),
        fields.currency,
    ),
)

TABLES = (MODEL_CHOICE, MODEL_QUALITY, SCORE_CALIBRATION, SHOP_KPI)
