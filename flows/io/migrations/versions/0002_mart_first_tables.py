# ruff: noqa: E501
# fmt: off
"""First tables: mart."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Forward only: a warehouse goes back by its backup."""
    op.create_table('product_health',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('product_key', sa.Text(), nullable=False, comment='`store_id/product_id`.'),
        sa.Column('buyers', sa.BigInteger(), nullable=False, comment='Known customers who bought it.'),
        sa.Column('units', sa.BigInteger(), nullable=False, comment='Pieces sold, to anybody.'),
        sa.Column('amount', sa.Numeric(precision=18, scale=4), nullable=False, comment='What was paid for them. Unit: currency.'),
        sa.Column('currency', sa.Text(), nullable=False, comment='Reporting currency of the shop, ISO 4217; all amounts of the row are in it.'),
        sa.Column('refund_rate', sa.Double(), nullable=True, comment='Share of that given back. What was given back of a whole order counts for its articles in proportion.'),
        sa.Column('reviews', sa.BigInteger(), nullable=False, comment='Reviews of it, spam left out.'),
        sa.Column('mean_rating', sa.Double(), nullable=True, comment='Mean stars of them.'),
        sa.Column('rating_trend', sa.Double(), nullable=True, comment='Mean stars of the 90 days up to the night less those before; null unless both have three reviews. Unit: stars.'),
        sa.Column('last_bought', sa.BigInteger(), nullable=False, comment='Customers whose latest purchase occasion held it, 180 days ago or longer.'),
        sa.Column('settled_buyers', sa.BigInteger(), nullable=False, comment='Customers who bought it 180 days ago or longer.'),
        sa.Column('lost_rate', sa.Double(), nullable=True, comment='`last_bought` of `settled_buyers`: left after buying it; null without any.'),
        sa.Column('shop_lost_rate', sa.Double(), nullable=True, comment='The same over every buyer of every article, to compare with.'),
        sa.PrimaryKeyConstraint('as_of_date', 'product_key').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One article in one night. What buyers of an article say, send back and do next; for those who buy and list.'
    )
    op.create_table('purchase_line',
        sa.Column('order_key', sa.Text(), nullable=False, comment='`store_id/order_id`.'),
        sa.Column('line_index', sa.BigInteger(), nullable=False, comment='Position in the order, from 1.'),
        sa.Column('product_key', sa.Text(), nullable=False, comment='`store_id/product_id`.'),
        sa.Column('customer_id', sa.Text(), nullable=True, comment='A person or firm that buys: `c` and 20 hex digits of a keyed hash.'),
        sa.Column('order_date', sa.Date(), nullable=False, comment='Shop-local date of the order.'),
        sa.Column('quantity', sa.BigInteger(), nullable=False, comment='Pieces bought. Unit: pieces.'),
        sa.Column('unit_price', sa.Numeric(precision=18, scale=4), nullable=False, comment='Price of one piece before discount. Unit: currency.'),
        sa.Column('discount', sa.Numeric(precision=18, scale=4), nullable=False, comment='Discount on the line or order; zero where none is told. Unit: currency.'),
        sa.Column('amount', sa.Numeric(precision=18, scale=4), nullable=False, comment='Pieces times price, less discount. Unit: currency.'),
        sa.Column('currency', sa.Text(), nullable=False, comment='Reporting currency of the shop, ISO 4217; all amounts of the row are in it.'),
        sa.Column('is_goods', sa.Boolean(), nullable=False, comment='False for postage, fees, vouchers and other codes that are not articles to sell.'),
        sa.PrimaryKeyConstraint('order_key', 'line_index').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One line of one order. What was bought, up to the latest published night.'
    )
    op.create_table('purchase_order',
        sa.Column('order_key', sa.Text(), nullable=False, comment='`store_id/order_id`.'),
        sa.Column('store_id', sa.Text(), nullable=False, comment='Storefront on one platform, as named in the settings.'),
        sa.Column('order_id', sa.Text(), nullable=False, comment='Order number as the platform prints it; unique within a store.'),
        sa.Column('customer_id', sa.Text(), nullable=True, comment='A person or firm that buys: `c` and 20 hex digits of a keyed hash.'),
        sa.Column('order_date', sa.Date(), nullable=False, comment='Shop-local date of the order.'),
        sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False, comment='When the order was placed, UTC.'),
        sa.Column('customer_paid', sa.Numeric(precision=18, scale=4), nullable=False, comment='What the buyer paid, refunds not deducted; serves occasions and tiers. Unit: currency.'),
        sa.Column('deductions', sa.Numeric(precision=18, scale=4), nullable=False, comment='Part of `customer_paid` that is no revenue: shipping and tax where the export tells them apart, less what the platform pays the shop on top. Below zero where that is more. Unit: currency.'),
        sa.Column('refunded', sa.Numeric(precision=18, scale=4), nullable=False, comment='Given back on this order up to the night. Unit: currency.'),
        sa.Column('net_revenue', sa.Numeric(precision=18, scale=4), nullable=False, comment='What the shop received up to the night: payments less refunds, less shipping and tax where the export tells them apart, plus what the platform paid on top; serves value. Unit: currency.'),
        sa.Column('goods_cost', sa.Numeric(precision=18, scale=4), nullable=True, comment="What the pieces kept cost the shop: by the article's cost on the day, else by the margin of its category, else by the shop's margin; null where nothing tells it of any of them. Unit: currency."),
        sa.Column('other_costs', sa.Numeric(precision=18, scale=4), nullable=False, comment='Payment fee and shipping subsidy of the order, by the settings. Unit: currency.'),
        sa.Column('margin', sa.Numeric(precision=18, scale=4), nullable=False, comment='`net_revenue` less `goods_cost` and `other_costs`. Unit: currency.'),
        sa.Column('discount', sa.Numeric(precision=18, scale=4), nullable=False, comment='Discount on the line or order; zero where none is told. Unit: currency.'),
        sa.Column('currency', sa.Text(), nullable=False, comment='Reporting currency of the shop, ISO 4217; all amounts of the row are in it.'),
        sa.Column('original_amount', sa.Numeric(precision=18, scale=4), nullable=False, comment='`customer_paid` in `original_currency`, as told. Unit: currency.'),
        sa.Column('original_currency', sa.Text(), nullable=False, comment='Currency in which the amount was told, ISO 4217.'),
        sa.Column('line_count', sa.BigInteger(), nullable=False, comment='Lines of the order.'),
        sa.Column('units', sa.BigInteger(), nullable=False, comment='Pieces of goods in the order. Unit: pieces.'),
        sa.PrimaryKeyConstraint('order_key').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One order. Orders up to the latest published night.'
    )
    op.create_table('refund',
        sa.Column('refund_key', sa.Text(), nullable=False, comment='`store_id/note number/position`.'),
        sa.Column('order_key', sa.Text(), nullable=True, comment='Order it refunds, where the export tells.'),
        sa.Column('product_key', sa.Text(), nullable=False, comment='`store_id/product_id`.'),
        sa.Column('customer_id', sa.Text(), nullable=True, comment='A person or firm that buys: `c` and 20 hex digits of a keyed hash.'),
        sa.Column('refund_date', sa.Date(), nullable=False, comment='Shop-local date of the refund.'),
        sa.Column('refunded_at', sa.DateTime(timezone=True), nullable=False, comment='When it was given back, UTC.'),
        sa.Column('quantity', sa.BigInteger(), nullable=False, comment='Pieces taken back. Unit: pieces.'),
        sa.Column('amount', sa.Numeric(precision=18, scale=4), nullable=False, comment='Money given back, positive. Unit: currency.'),
        sa.Column('currency', sa.Text(), nullable=False, comment='Reporting currency of the shop, ISO 4217; all amounts of the row are in it.'),
        sa.Column('original_amount', sa.Numeric(precision=18, scale=4), nullable=False, comment='Money given back, in `original_currency`. Unit: currency.'),
        sa.Column('original_currency', sa.Text(), nullable=False, comment='Currency in which the amount was told, ISO 4217.'),
        sa.Column('is_goods', sa.Boolean(), nullable=False, comment='False for postage, fees, vouchers and other codes that are not articles to sell.'),
        sa.PrimaryKeyConstraint('refund_key').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One line of one refund note. Money given back, up to the latest published night.'
    )
    op.create_table('score_calibration',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('score', sa.Text(), nullable=False, comment='Column of mart.customer_score. One of: churn_risk_90d, expected_orders_90d.'),
        sa.Column('bin', sa.BigInteger(), nullable=False, comment='Customers by the score, from the lowest; ties stay together.'),
        sa.Column('predicted', sa.Double(), nullable=False, comment='Mean of the score.'),
        sa.Column('observed', sa.Double(), nullable=False, comment='Share who bought nothing; or mean purchase occasions.'),
        sa.Column('customers', sa.BigInteger(), nullable=False, comment='Number of customers.'),
        sa.PrimaryKeyConstraint('as_of_date', 'score', 'bin').ddl_if(dialect='postgresql'),
        schema='mart',
        comment="One tenth of the customers by one score, in one night. What the night's model said at past days, and what came in the 90 days after them."
    )
    op.create_table('segment_summary',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('scheme', sa.Text(), nullable=False, comment='Way of dividing the customers. One of: tier, value.'),
        sa.Column('segment', sa.Text(), nullable=False, comment='Name of the part.'),
        sa.Column('segment_rank', sa.BigInteger(), nullable=False, comment='Place of the segment in its scheme; the highest is 1.'),
        sa.Column('customers', sa.BigInteger(), nullable=False, comment='Number of customers.'),
        sa.Column('net_revenue', sa.Numeric(precision=18, scale=4), nullable=False, comment='What the shop received up to the night: payments less refunds, less shipping and tax where the export tells them apart, plus what the platform paid on top; serves value. Unit: currency.'),
        sa.Column('clv_365d', sa.Numeric(precision=18, scale=4), nullable=True, comment='Expected value (see `value_basis`) over the next 365 days, discounted at the yearly rate of the settings, 10 % unless set. Unit: currency.'),
        sa.Column('mean_churn_risk_90d', sa.Double(), nullable=True, comment='Mean probability of buying nothing in the 90 days after the night.'),
        sa.Column('currency', sa.Text(), nullable=False, comment='Reporting currency of the shop, ISO 4217; all amounts of the row are in it.'),
        sa.PrimaryKeyConstraint('as_of_date', 'scheme', 'segment').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One segment of one scheme in one night. Size and worth of every segment. The customers of a scheme add up to those with a segment in it.'
    )
    op.create_table('service_health',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('channel', sa.Text(), nullable=False, comment='Way the customers came. One of: email, phone, chat, wechat.'),
        sa.Column('agent_id', sa.Text(), nullable=False, comment='Code of who dealt with it; `(untold)` where no code is told.'),
        sa.Column('tickets', sa.BigInteger(), nullable=False, comment='Inquiries, complaints and service requests.'),
        sa.Column('complaints', sa.BigInteger(), nullable=False, comment='Of them, complaints.'),
        sa.Column('open_tickets', sa.BigInteger(), nullable=False, comment='Not settled.'),
        sa.Column('unanswered_tickets', sa.BigInteger(), nullable=False, comment='Without a first answer.'),
        sa.Column('first_reply_hours', sa.Double(), nullable=True, comment="Median hours to the first answer; what waits counts with its wait up to the end of the night's date, and what was settled without an answer with the time until then. Unit: hours."),
        sa.Column('slow_reply_hours', sa.Double(), nullable=True, comment='Nine in ten are answered within so many hours, counted in the same way. Unit: hours.'),
        sa.Column('resolution_hours', sa.Double(), nullable=True, comment='Median hours until settled, of those that are. Unit: hours.'),
        sa.Column('reopened_rate', sa.Double(), nullable=True, comment='Share that was opened again, of those of which that is told.'),
        sa.Column('followed_tickets', sa.BigInteger(), nullable=False, comment='Tickets of known customers, at least 90 days old.'),
        sa.Column('repurchase_rate', sa.Double(), nullable=True, comment='Share of those whose customer bought again within the 90 days after.'),
        sa.PrimaryKeyConstraint('as_of_date', 'channel', 'agent_id').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One channel and agent code in one night. How fast the service answers and settles, and whether customers buy again afterwards. Tickets of 365 days up to the night.'
    )
    op.create_table('shop_kpi',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('metric', sa.Text(), nullable=False, comment='`customers` with a purchase; `historic_value`: margin (or net revenue, see `value_basis` of mart.customer_score) so far; `customer_equity`: expected value of the next 365 days, `customer_equity_3650d` of ten years; `retention_365d`: expected share of customers who buy in the next 365 days; `five_points_retention`: what five points more of that would add to the value of these days; `value_share`: part of the customer equity that the top so many percent of customers bring; `new_customer_value_3650d`: expected value of a customer after the first purchase, over ten years. One of: customers, historic_value, customer_equity, customer_equity_3650d, retention_365d, five_points_retention, value_share, new_customer_value_3650d.'),
        sa.Column('dimension', sa.Text(), nullable=False, comment='By what the shop is divided. One of: all, acquired_by, cohort_year, value_class, top_percent.'),
        sa.Column('member', sa.Text(), nullable=False, comment='Which part; `all` of the whole shop, `unknown` where it is not told.'),
        sa.Column('metric_value', sa.Double(), nullable=False, comment='The figure.'),
        sa.Column('unit', sa.Text(), nullable=False, comment='`customers`, `currency` or `share`. One of: customers, currency, share.'),
        sa.Column('currency', sa.Text(), nullable=False, comment='Reporting currency of the shop, ISO 4217; all amounts of the row are in it.'),
        sa.PrimaryKeyConstraint('as_of_date', 'metric', 'dimension', 'member').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One metric of one part of the shop, in one night. What the owner asks. `dimension` `all` is the whole shop; sums add up over the parts.'
    )
        # ### end Alembic commands ###
