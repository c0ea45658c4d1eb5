"""What is left of an order after goods, payment fee and shipping. Shard-local, once ids are joined on."""

import polars as pl

from transforms.facts.costs import SHARE_SCALE, Costs, millionths, money


def goods_costs(
    lines: pl.LazyFrame, refunds: pl.LazyFrame, products: pl.LazyFrame, unit_costs: pl.LazyFrame, costs: Costs
) -> pl.LazyFrame:
    """`order_key`, `goods_cost` (money) of the pieces kept; null where nothing tells it of any of them.

    By the article's cost on the day of the order, else by the margin of its category, else by the shop's. A refund that
    names order and article takes its pieces back. Most exports tell amounts alone: of an order all of whose goods were
    paid back nothing is kept, of any other one everything.

    `lines`: mart.purchase_line, `refunds`: mart.refund, both up to the night. `products`: mart.product. `unit_costs`:
    staged.product_cost.
    """
    article = ["order_key", "product_key"]
    bought = (
        lines.filter("is_goods")
        .group_by(article)
        .agg(pl.col("quantity", "amount").sum(), day=pl.col("order_date").min())
    )
    returned = refunds.filter("is_goods", pl.col("order_key").is_not_null())
    back = returned.group_by(article).agg(back=pl.col("quantity").sum())
    kept = bought.join(back, on=article, how="left").with_columns(
        pieces=(pl.col("quantity") - pl.col("back").fill_null(0)).clip(lower_bound=0)
    )
    cost = pl.when(pl.col("cost").count() > 0).then(pl.col("cost").sum())
    is_kept = pl.col("all_back").is_null()
    return (
        _costed(kept, products, unit_costs, costs)
        .group_by("order_key")
        .agg(goods_cost=cost)
        .join(_all_back(lines, refunds), on="order_key", how="left")
        .select(
            "order_key", goods_cost=pl.when(is_kept | pl.col("goods_cost").is_null()).then("goods_cost").otherwise(0)
        )
    )


def _all_back(lines: pl.LazyFrame, refunds: pl.LazyFrame) -> pl.LazyFrame:
    """`order_key`, `all_back` (true) of orders of which all that was paid for goods was given back."""
    back = refunds.filter(pl.col("amount") > 0).group_by("order_key").agg(back=pl.col("amount").sum())
    # Where a discount is a line of its own, goods come to more than was paid.
    for_goods = pl.min_horizontal(pl.col("amount").sum(), pl.col("amount").filter("is_goods").sum())
    paid = lines.join(back, on="order_key", how="semi").group_by("order_key").agg(for_goods=for_goods)
    whole = paid.join(back, on="order_key").filter(pl.col("back") >= pl.col("for_goods"))
    return whole.select("order_key", all_back=pl.lit(value=True))


def returned_goods(
    refunds: pl.LazyFrame, products: pl.LazyFrame, unit_costs: pl.LazyFrame, costs: Costs
) -> pl.LazyFrame:
    """`customer_id`, `spent` (money, not above zero): worth to the shop of goods that came back without an order.

    `refunds`: mart.refund; the others as for `goods_costs`.
    """
    alone = refunds.filter("is_goods", pl.col("order_key").is_null() & (pl.col("quantity") > 0))
    pieces = alone.with_columns(pieces="quantity", day="refund_date")
    return (
        _costed(pieces, products, unit_costs, costs)
        .filter(pl.col("customer_id").is_not_null())
        .group_by("customer_id")
        .agg(spent=-pl.col("cost").sum())
    )


def with_margin(orders: pl.LazyFrame, goods: pl.LazyFrame, costs: Costs) -> pl.LazyFrame:
    """`orders` with `goods_cost`, `other_costs` and `margin` (money), in their order.

    `orders`: `transforms.facts.purchases.order_facts`. `goods`: `goods_costs` of these orders, or no rows.
    """
    paid = pl.col("customer_paid").clip(lower_bound=0).cast(pl.Int128)
    fee = _share_of(paid, pl.lit(millionths(costs.payment_fee))).cast(pl.Int64)
    shipping = pl.when(pl.col("units") > 0).then(money(costs.shipping_per_order)).otherwise(0)
    return (
        orders.join(goods, on="order_key", how="left", maintain_order="left")
        .with_columns(other_costs=fee + shipping)
        .with_columns(margin=pl.col("net_revenue") - pl.col("goods_cost").fill_null(0) - pl.col("other_costs"))
    )


def _costed(articles: pl.LazyFrame, products: pl.LazyFrame, unit_costs: pl.LazyFrame, costs: Costs) -> pl.LazyFrame:
    """`articles` with `cost` (money) of `pieces` at the latest cost told up to `day`; null where nothing tells it.

    `articles`: `product_key`, `day`, `pieces`, and `quantity` and `amount` of which these are a part.
    """
    # Products of two amounts do not fit into 64 bits.
    amount, pieces, quantity = (pl.col(name).cast(pl.Int128) for name in ("amount", "pieces", "quantity"))
    worth = pl.when(quantity > 0).then(amount * pieces // quantity).otherwise(amount).clip(lower_bound=0)
    by_share = _share_of(worth, SHARE_SCALE - _kept_share(costs))
    told = (
        unit_costs.sort("happened_at", "product_key")
        .group_by("product_key", "happened_date", maintain_order=True)
        .agg(pl.col("unit_cost").last())
        .sort("happened_date", "product_key")
    )
    return (
        articles.join(products.select("product_key", "category"), on="product_key", how="left")
        .sort("day")
        .join_asof(told, left_on="day", right_on="happened_date", by="product_key", check_sortedness=False)
        .with_columns(cost=pl.coalesce(pieces * pl.col("unit_cost"), by_share).cast(pl.Int64))
    )


def _kept_share(costs: Costs) -> pl.Expr:
    """Share of its price that is left by an article's category, else by the shop, in millionths; null if untold."""
    shop = pl.lit(None if costs.margin is None else millionths(costs.margin), pl.Int64)
    kept = {category: millionths(share) for category, share in costs.category_margin.items()}
    if not kept:
        return shop
    return pl.coalesce(pl.col("category").replace_strict(kept, default=None, return_dtype=pl.Int64), shop)


def _share_of(amount: pl.Expr, millionth: pl.Expr) -> pl.Expr:
    """To the nearest ten-thousandth, half up. `amount`: Int128, not below zero."""
    return (amount * millionth + SHARE_SCALE // 2) // SHARE_SCALE
