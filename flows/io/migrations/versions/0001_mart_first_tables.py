# ruff: noqa: E501
# fmt: off
"""First tables: mart."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Forward only: a warehouse goes back by its backup."""
    op.create_table('calendar',
        sa.Column('date', sa.Date(), nullable=False, comment='The day.'),
        sa.Column('year_number', sa.BigInteger(), nullable=False, comment='Calendar year.'),
        sa.Column('quarter_number', sa.BigInteger(), nullable=False, comment='Quarter of the year.'),
        sa.Column('month_number', sa.BigInteger(), nullable=False, comment='Month of the year.'),
        sa.Column('month_start_date', sa.Date(), nullable=False, comment='First day of the month.'),
        sa.Column('week_number', sa.BigInteger(), nullable=False, comment='ISO week of the year.'),
        sa.Column('weekday_number', sa.BigInteger(), nullable=False, comment='ISO weekday, Monday is 1.'),
        sa.Column('is_weekend', sa.Boolean(), nullable=False, comment='Saturday or Sunday.'),
        sa.PrimaryKeyConstraint('date').ddl_if(dialect='postgresql'),
        schema='mart',
        comment="One day. Every day from the first of January of the first order's year to the end of the night's year."
    )
    op.create_table('cohort_retention',
        sa.Column('cohort_month', sa.Date(), nullable=False, comment="First day of the shop-local month of the cohort's first orders."),
        sa.Column('month_number', sa.BigInteger(), nullable=False, comment='Calendar months since; the month of the first order is 0. Unit: months.'),
        sa.Column('customers', sa.BigInteger(), nullable=False, comment='Customers of the cohort, the same in all its months.'),
        sa.Column('active', sa.BigInteger(), nullable=False, comment='Of them, customers with an order in the month.'),
        sa.Column('net_revenue', sa.Numeric(precision=18, scale=4), nullable=False, comment='What they paid for orders of the month, less what was given back on those orders up to the night, less refunds of the month that name no order. Unit: currency.'),
        sa.Column('currency', sa.Text(), nullable=False, comment='Reporting currency of the shop, ISO 4217; all amounts of the row are in it.'),
        sa.Column('is_complete', sa.Boolean(), nullable=False, comment="Whether the month was over by the end of the night's date."),
        sa.PrimaryKeyConstraint('cohort_month', 'month_number').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One calendar month since the first order of one cohort. Who came back, by month of the first order, up to the latest published night. Every month since has a row, also without a purchase. Revenue adds up to that of all customers who bought.'
    )
    op.create_table('contact_summary',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('outcome', sa.Text(), nullable=False, comment='What was decided. One of: treated, control, held.'),
        sa.Column('occasion', sa.Text(), nullable=False, comment='Occasion of the message; `none` for those left alone.'),
        sa.Column('channel', sa.Text(), nullable=False, comment='Channel of the message; `none` for those left alone.'),
        sa.Column('reason', sa.Text(), nullable=False, comment='Why they are on the list, or why not.'),
        sa.Column('customers', sa.BigInteger(), nullable=False, comment='Number of customers.'),
        sa.PrimaryKeyConstraint('as_of_date', 'outcome', 'occasion', 'channel', 'reason').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One outcome of the contact decision in one night. How many are to be written to, kept as control, or left alone and why. Adds up to all customers.'
    )
    op.create_table('customer',
        sa.Column('customer_id', sa.Text(), nullable=False, comment='A person or firm that buys: `c` and 20 hex digits of a keyed hash.'),
        sa.Column('first_order_date', sa.Date(), nullable=True, comment='Shop-local date of the first order.'),
        sa.Column('last_order_date', sa.Date(), nullable=True, comment='Shop-local date of the last order.'),
        sa.Column('orders', sa.BigInteger(), nullable=False, comment='Orders placed; two on one day are two.'),
        sa.Column('customer_paid', sa.Numeric(precision=18, scale=4), nullable=False, comment='What the buyer paid, refunds not deducted; serves occasions and tiers. Unit: currency.'),
        sa.Column('net_revenue', sa.Numeric(precision=18, scale=4), nullable=False, comment='What the shop received up to the night: payments less refunds, less shipping and tax where the export tells them apart, plus what the platform paid on top; serves value. Unit: currency.'),
        sa.Column('currency', sa.Text(), nullable=False, comment='Reporting currency of the shop, ISO 4217; all amounts of the row are in it.'),
        sa.Column('refund_rate', sa.Double(), nullable=True, comment='Refunded share of `customer_paid`.'),
        sa.Column('discount_share', sa.Double(), nullable=True, comment='Share of the undiscounted price taken off; null if the exports tell no discount.'),
        sa.Column('favourite_category', sa.Text(), nullable=True, comment='Category with the most money spent.'),
        sa.Column('region', sa.Text(), nullable=True, comment='Country or region of the customer, as the export writes it.'),
        sa.Column('reachable_by', sa.Text(), nullable=True, comment='Channels with an address and consent to marketing, joined by `+`; null if none.'),
        sa.Column('acquired_by', sa.Text(), nullable=True, comment='Channel that brought the customer, from the first order.'),
        sa.Column('is_business', sa.Boolean(), nullable=True, comment='Whether the customer buys as a firm; null if untold.'),
        sa.PrimaryKeyConstraint('customer_id').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One customer. Who buys, up to the latest published night. One row for every account, also without a purchase.'
    )
    op.create_table('customer_score',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('customer_id', sa.Text(), nullable=False, comment='A person or firm that buys: `c` and 20 hex digits of a keyed hash.'),
        sa.Column('frequency', sa.BigInteger(), nullable=True, comment='Purchase occasions after the first.'),
        sa.Column('recency_days', sa.BigInteger(), nullable=True, comment="Days since the last purchase occasion. (The models' t_x is `age_days` less this.) Unit: days."),
        sa.Column('age_days', sa.BigInteger(), nullable=True, comment='Days since the first purchase occasion. Unit: days.'),
        sa.Column('monetary_value', sa.Numeric(precision=18, scale=4), nullable=True, comment='Mean of what was paid on a purchase occasion, the first included. Unit: currency.'),
        sa.Column('p_alive', sa.Double(), nullable=True, comment='Probability of still being a customer.'),
        sa.Column('expected_orders_90d', sa.Double(), nullable=True, comment='Expected purchase occasions in the 90 days after the night.'),
        sa.Column('churn_risk_90d', sa.Double(), nullable=True, comment='Probability that the customer buys nothing in the 90 days after the night.'),
        sa.Column('clv_365d', sa.Numeric(precision=18, scale=4), nullable=True, comment='Expected net revenue over the next 365 days, discounted at the yearly rate of the settings, 10 % unless set. Unit: currency.'),
        sa.Column('currency', sa.Text(), nullable=False, comment='Reporting currency of the shop, ISO 4217; all amounts of the row are in it.'),
        sa.Column('model', sa.Text(), nullable=False, comment='Model behind the numbers; `none` where there is no purchase or too little data for one. `mbg_nbd_map` has a weak prior on leaving, for shops whose data show no sign of it yet. One of: mbg_nbd+gamma_gamma, mbg_nbd, mbg_nbd_map+gamma_gamma, mbg_nbd_map, none.'),
        sa.Column('tier', sa.Text(), nullable=True, comment='Membership level the customer is told; null without a purchase.'),
        sa.Column('value_class', sa.Text(), nullable=True, comment='`gold`: the smallest group expected to bring 80 % of value; `core`: the rest; null without a model. One of: gold, core.'),
        sa.PrimaryKeyConstraint('as_of_date', 'customer_id').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One customer in one night. What the night thinks of each customer. Without a purchase numbers are null and `model` is `none`.'
    )
    op.create_table('data_quality',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('layer', sa.Text(), nullable=False, comment='Who checked. One of: row_rule, gate, account.'),
        sa.Column('table_name', sa.Text(), nullable=False, comment='Table or kind of file that was checked.'),
        sa.Column('check_name', sa.Text(), nullable=False, comment='Rule or expectation, with its column.'),
        sa.Column('severity', sa.Text(), nullable=False, comment='What a failure does to the night. One of: critical, warning.'),
        sa.Column('rows_checked', sa.BigInteger(), nullable=True, comment='Rows looked at, where that is counted.'),
        sa.Column('rows_failed', sa.BigInteger(), nullable=True, comment='Rows that failed.'),
        sa.Column('is_passed', sa.Boolean(), nullable=False, comment='Whether the check let the night pass.'),
        sa.PrimaryKeyConstraint('as_of_date', 'layer', 'table_name', 'check_name').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One row rule or expectation in one night. What was checked and how much of it failed. Counts only; the rows are in `quality.quarantine`.'
    )
    op.create_table('freshness',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('store_id', sa.Text(), nullable=False, comment='Storefront on one platform, as named in the settings.'),
        sa.Column('last_order_date', sa.Date(), nullable=True, comment='Shop-local date of the newest order.'),
        sa.Column('days_since_last_order', sa.BigInteger(), nullable=True, comment='Days from it to the night. Unit: days.'),
        sa.PrimaryKeyConstraint('as_of_date', 'store_id').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One store in one night. How old the newest order of each store was.'
    )
    op.create_table('product',
        sa.Column('product_key', sa.Text(), nullable=False, comment='`store_id/product_id`.'),
        sa.Column('store_id', sa.Text(), nullable=False, comment='Storefront on one platform, as named in the settings.'),
        sa.Column('product_id', sa.Text(), nullable=False, comment='Article number as the platform prints it; unique within a store.'),
        sa.Column('product_name', sa.Text(), nullable=True, comment='Latest name the article was sold under.'),
        sa.Column('category', sa.Text(), nullable=True, comment='Category of the article, where the export tells.'),
        sa.Column('is_goods', sa.Boolean(), nullable=False, comment='False for postage, fees, vouchers and other codes that are not articles to sell.'),
        sa.PrimaryKeyConstraint('product_key').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One article of one store. Every article an order or refund names.'
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
    op.create_table('segment_summary',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('scheme', sa.Text(), nullable=False, comment='Way of dividing the customers. One of: tier, value.'),
        sa.Column('segment', sa.Text(), nullable=False, comment='Name of the part.'),
        sa.Column('segment_rank', sa.BigInteger(), nullable=False, comment='Place of the segment in its scheme; the highest is 1.'),
        sa.Column('customers', sa.BigInteger(), nullable=False, comment='Number of customers.'),
        sa.Column('net_revenue', sa.Numeric(precision=18, scale=4), nullable=False, comment='What the shop received up to the night: payments less refunds, less shipping and tax where the export tells them apart, plus what the platform paid on top; serves value. Unit: currency.'),
        sa.Column('clv_365d', sa.Numeric(precision=18, scale=4), nullable=True, comment='Expected net revenue over the next 365 days, discounted at the yearly rate of the settings, 10 % unless set. Unit: currency.'),
        sa.Column('mean_churn_risk_90d', sa.Double(), nullable=True, comment='Mean probability of buying nothing in the 90 days after the night.'),
        sa.Column('currency', sa.Text(), nullable=False, comment='Reporting currency of the shop, ISO 4217; all amounts of the row are in it.'),
        sa.PrimaryKeyConstraint('as_of_date', 'scheme', 'segment').ddl_if(dialect='postgresql'),
        schema='mart',
        comment='One segment of one scheme in one night. Size and worth of every segment. The customers of a scheme add up to those with a segment in it.'
    )
        # ### end Alembic commands ###
