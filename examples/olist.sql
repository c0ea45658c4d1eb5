-- Olist keeps an order in five files and a person in a sixth; this joins them into the three that olist.toml describes.
-- Put the files into one folder, make a folder `exports` in it, go there and run
--
--     python -c "import duckdb; duckdb.execute(open('olist.sql').read())"

-- One row an order, those without items and those that were cancelled too. `customer_id` is new with each order, an
-- account of its own; the person is `customer_unique_id`, by which the night joins them.
COPY (
    SELECT
        orders.order_id,
        order_purchase_timestamp AS ordered_at,
        customer_id,
        'olist/' || customer_unique_id AS buyer,
        customer_state AS region,
        CASE
            WHEN order_status IN ('canceled', 'unavailable') THEN 'cancelled'
            WHEN order_status = 'created' THEN 'unpaid'
            ELSE 'paid'
        END AS state,
        paid,
        freight
    FROM 'olist_orders_dataset.csv' AS orders
    JOIN 'olist_customers_dataset.csv' USING (customer_id)
    LEFT JOIN (
        SELECT order_id, sum(payment_value::DECIMAL(18, 2)) AS paid
        FROM 'olist_order_payments_dataset.csv' GROUP BY order_id
    ) USING (order_id)
    LEFT JOIN (
        SELECT order_id, sum(freight_value::DECIMAL(18, 2)) AS freight
        FROM 'olist_order_items_dataset.csv' GROUP BY order_id
    ) USING (order_id)
    ORDER BY order_id
) TO 'exports/orders.csv' (HEADER);

-- One row an item.
COPY (
    SELECT order_id, order_item_id, product_id, product_category_name AS category, 1 AS pieces, price,
           order_purchase_timestamp AS ordered_at
    FROM 'olist_order_items_dataset.csv'
    JOIN 'olist_orders_dataset.csv' USING (order_id)
    LEFT JOIN 'olist_products_dataset.csv' USING (product_id)
    ORDER BY order_id, order_item_id
) TO 'exports/items.csv' (HEADER);

-- One row a review. It is of the order; a product stands for it where there is one.
COPY (
    SELECT review_id, review_creation_date AS reviewed_at, customer_id AS account_id,
           coalesce(product_id, '(order)') AS product_id, review_score AS rating,
           concat_ws(chr(10), review_comment_title, review_comment_message) AS review_text
    FROM read_csv('olist_order_reviews_dataset.csv', all_varchar = true) AS reviews
    JOIN 'olist_orders_dataset.csv' USING (order_id)
    LEFT JOIN (
        SELECT order_id, min(product_id) AS product_id FROM 'olist_order_items_dataset.csv' GROUP BY order_id
    ) USING (order_id)
    ORDER BY review_id, order_id
) TO 'exports/reviews.csv' (HEADER);
