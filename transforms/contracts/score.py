"""Columns of mart.customer_score: what the night thinks of a customer."""

from transforms.contracts import fields, value
from transforms.contracts.table import Column, Type

COLUMNS = (
    Column("frequency", Type.INTEGER, "Purchase occasions after the first.", nullable=True, minimum=0),
    Column(
        "recency_days",
        Type.INTEGER,
        "Days since the last purchase occasion. (The models' t_x is `age_days` less this.)",
        nullable=True,
        minimum=0,
        unit="days",
    ),
    Column("age_days", Type.INTEGER, "Days since the first purchase occasion.", nullable=True, minimum=0, unit="days"),
    Column(
        "monetary_value",
        Type.MONEY,
        "Mean of what was paid on a purchase occasion, the first included.",
        nullable=True,
        unit="currency",
    ),
    Column("p_alive", Type.NUMBER, "Probability of still being a customer.", nullable=True, minimum=0, maximum=1),
    Column(
        "expected_orders_90d",
        Type.NUMBER,
        "Expected purchase occasions in the 90 days after the night.",
        nullable=True,
        minimum=0,
    ),
    fields.churn_risk_90d,
    fields.clv_365d,
    fields.currency,
    Column(
        "model",
        Type.TEXT,
        "Models behind the numbers, of purchases and of spend; `none` where there is no purchase or too little "
        "data for one. `_map` has a weak prior on leaving, for shops whose data do not tell how people leave; `_2` "
        "knows two kinds of customers, such as households and dealers; `stack` is several models, weighted; "
        "`recency_bands` is what customers of like silence did in the last 90 days. mart.model_choice says why.",
        values=value.MODEL_NAMES,
    ),
    Column(
        "value_basis",
        Type.TEXT,
        "What value is measured in: `margin` where the shop tells costs, else `net_revenue`; null without a model.",
        nullable=True,
        values=value.VALUE_BASES,
    ),
    Column(
        "clv_3650d",
        Type.MONEY,
        "As `clv_365d`, over ten years.",
        nullable=True,
        unit="currency",
    ),
    Column(
        "loss_3650d",
        Type.MONEY,
        "What losing this customer would cost over ten years: `clv_3650d`, that of the customers this one brought, "
        "and what it costs to win a new one.",
        nullable=True,
        unit="currency",
    ),
    Column("tier", Type.TEXT, "Membership level the customer is told; null without a purchase.", nullable=True),
    Column("next_tier", Type.TEXT, "The level above; null in the highest and without a purchase.", nullable=True),
    Column(
        "missing_to_next_tier",
        Type.MONEY,
        "What is still to be paid, within the tier's window, to reach it.",
        nullable=True,
        minimum=0,
        unit="currency",
    ),
    Column(
        "value_class",
        Type.TEXT,
        "`gold`: the smallest group expected to bring 80 % of value; `rising`: outside it, the smallest group that "
        "brings half of the growth expected there, next 365 days against the last; `core`: the rest; null without "
        "a model.",
        nullable=True,
        values=value.VALUE_CLASSES,
    ),
)
