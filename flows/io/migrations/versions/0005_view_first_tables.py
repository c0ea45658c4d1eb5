# ruff: noqa: E501
# fmt: off
"""First tables: view."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Forward only: a warehouse goes back by its backup."""
    op.execute('CREATE VIEW mart.customer_current AS SELECT customer.customer_id, customer.first_order_date, customer.last_order_date, customer.orders, customer.customer_paid, customer.net_revenue, customer.currency, customer.refund_rate, customer.discount_share, customer.favourite_category, customer.region, customer.reachable_by, customer.acquired_by, customer.is_business, score.as_of_date, score.frequency, score.recency_days, score.age_days, score.monetary_value, score.p_alive, score.expected_orders_90d, score.churn_risk_90d, score.clv_365d, score.model, score.tier, score.value_class FROM mart.customer AS customer JOIN mart.customer_score AS score ON score.customer_id = customer.customer_id WHERE score.as_of_date = (SELECT max(as_of_date) FROM mart.customer_score)')
    op.execute("COMMENT ON VIEW mart.customer_current IS 'One customer. Who buys and what the latest published night thinks of them.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.customer_id IS 'A person or firm that buys: `c` and 20 hex digits of a keyed hash.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.first_order_date IS 'Shop-local date of the first order.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.last_order_date IS 'Shop-local date of the last order.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.orders IS 'Orders placed; two on one day are two.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.customer_paid IS 'What the buyer paid, refunds not deducted; serves occasions and tiers. Unit: currency.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.net_revenue IS 'What the shop received up to the night: payments less refunds, less shipping and tax where the export tells them apart, plus what the platform paid on top; serves value. Unit: currency.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.currency IS 'Reporting currency of the shop, ISO 4217; all amounts of the row are in it.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.refund_rate IS 'Refunded share of `customer_paid`.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.discount_share IS 'Share of the undiscounted price taken off; null if the exports tell no discount.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.favourite_category IS 'Category with the most money spent.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.region IS 'Country or region of the customer, as the export writes it.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.reachable_by IS 'Channels with an address and consent to marketing, joined by `+`; null if none.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.acquired_by IS 'Channel that brought the customer, from the first order.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.is_business IS 'Whether the customer buys as a firm; null if untold.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.as_of_date IS 'Shop-local date whose end the night describes.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.frequency IS 'Purchase occasions after the first.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.recency_days IS 'Days since the last purchase occasion. (The models'' t_x is `age_days` less this.) Unit: days.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.age_days IS 'Days since the first purchase occasion. Unit: days.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.monetary_value IS 'Mean of what was paid on a purchase occasion, the first included. Unit: currency.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.p_alive IS 'Probability of still being a customer.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.expected_orders_90d IS 'Expected purchase occasions in the 90 days after the night.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.churn_risk_90d IS 'Probability that the customer buys nothing in the 90 days after the night.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.clv_365d IS 'Expected net revenue over the next 365 days, discounted at the yearly rate of the settings, 10 % unless set. Unit: currency.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.model IS 'Model behind the numbers; `none` where there is no purchase or too little data for one. `mbg_nbd_map` has a weak prior on leaving, for shops whose data show no sign of it yet. One of: mbg_nbd+gamma_gamma, mbg_nbd, mbg_nbd_map+gamma_gamma, mbg_nbd_map, none.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.tier IS 'Membership level the customer is told; null without a purchase.'")
    op.execute("COMMENT ON COLUMN mart.customer_current.value_class IS '`gold`: the smallest group expected to bring 80 % of value; `core`: the rest; null without a model. One of: gold, core.'")
