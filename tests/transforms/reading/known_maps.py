"""Which header holds which column in files that people looked at: what a suggested column map is measured by.

Layouts are those of `headers.json` and of the real data sets. Where several headers would do, all are named.
"""

Map = dict[str, tuple[str, ...]]

ORDERS = ("purchase_order",)
LINES = ("order_line",)
ACCOUNTS = ("customer_account",)
REVIEWS = ("review",)

KNOWN: dict[str, tuple[tuple[str, ...], Map]] = {
    "shopify_orders": (
        LINES,
        {
            "order_id": ("Name", "Id"),
            "happened_at": ("Created at",),
            "account_id": ("Email", "Phone"),
            "product_id": ("Lineitem sku",),
            "product_name": ("Lineitem name",),
            "quantity": ("Lineitem quantity",),
            "unit_price": ("Lineitem price",),
            "discount": ("Lineitem discount",),
            "original_currency": ("Currency",),
            "region": ("Billing Country", "Shipping Country"),
            "acquired_by": ("Source",),
        },
    ),
    "shopify_customers": (
        ACCOUNTS,
        {
            "account_id": ("Customer ID", "Email"),
            "customer_name": ("First Name", "Last Name"),
            "email": ("Email",),
            "phone": ("Phone", "Default Address Phone"),
            "region": ("Default Address Country Code",),
        },
    ),
    "shopify_customers_import_template": (
        ACCOUNTS,
        {
            "account_id": ("Email",),
            "customer_name": ("First Name", "Last Name"),
            "email": ("Email",),
            "phone": ("Phone",),
            "region": ("Country", "Country Code"),
        },
    ),
    "taobao_ExportOrderList": (
        ORDERS,
        {
            "order_id": ("订单编号",),
            "happened_at": ("订单创建时间",),
            "account_id": ("买家会员名",),
            "order_state": ("订单状态",),
            "customer_paid": ("买家实际支付金额",),
            "refunded_amount": ("退款金额",),
            "order_total": ("总金额",),
            "shipping": ("买家应付邮费",),
            "phone": ("联系手机",),
        },
    ),
    "taobao_ExportOrderDetailList": (
        LINES,
        {
            "order_id": ("订单编号",),
            "product_id": ("商家编码", "外部系统编号"),
            "product_name": ("标题",),
            "quantity": ("购买数量",),
            "unit_price": ("价格",),
        },
    ),
    "qianniu_ExportItemList_2026_partial": (
        LINES,
        {
            "order_id": ("主订单编号",),
            "product_id": ("商家编码", "外部系统编号"),
            "product_name": ("商品标题",),
        },
    ),
    "tmall_order_report": (
        ORDERS,
        {
            "order_id": ("订单编号",),
            "happened_at": ("订单创建时间",),
            "customer_paid": ("买家实际支付金额",),
            "refunded_amount": ("退款金额",),
            "order_total": ("总金额",),
        },
    ),
    "taobao_line_export_synthetic": (
        LINES,
        {
            "order_id": ("子订单编号",),
            "happened_at": ("下单时间",),
            "product_id": ("商品编码",),
            "product_name": ("商品标题",),
            "category": ("类目名称",),
            "quantity": ("购买数量",),
            "region": ("收货省份",),
        },
    ),
    "youzan_orders": (
        ORDERS,
        {
            "order_id": ("订单号",),
            "happened_at": ("订单创建时间",),
            "account_id": ("买家手机号",),
            "order_state": ("订单状态",),
            "customer_paid": ("订单实付金额",),
            "refunded_amount": ("订单已退款金额",),
            "shipping": ("运费",),
            "order_discount": ("店铺优惠合计",),
            "order_total": ("应收订单金额",),
            "region": ("收货人省份",),
            "acquired_by": ("订单来源",),
            "customer_name": ("买家昵称",),
            "phone": ("买家手机号",),
        },
    ),
    "youzan_order_items": (
        LINES,
        {
            "order_id": ("订单号",),
            "product_id": ("商品编码", "规格编码"),
            "product_name": ("商品名称",),
            "category": ("商品类目",),
            "quantity": ("商品数量",),
            "unit_price": ("商品单价",),
            "discount": ("店铺优惠（分摊）",),
            "region": ("收货人省份",),
        },
    ),
    "youzan_customers": (
        ACCOUNTS,
        {
            "account_id": ("客户手机号",),
            "happened_at": ("成为客户时间",),
            "customer_name": ("客户姓名", "客户昵称"),
            "phone": ("客户手机号",),
            "region": ("微信地域", "所属区域"),
            "acquired_by": ("来源渠道",),
        },
    ),
    "woocommerce_webtoffee_orders": (
        ORDERS,
        {
            "order_id": ("order_id", "order_number"),
            "happened_at": ("order_date",),
            "account_id": ("customer_id", "customer_user", "customer_email", "billing_email"),
            "order_state": ("status",),
            "customer_paid": ("order_total",),
            "shipping": ("shipping_total",),
            "order_discount": ("discount_total", "order_discount", "cart_discount"),
            "original_currency": ("order_currency",),
            "region": ("billing_country", "shipping_country"),
            "customer_name": ("billing_first_name", "billing_last_name"),
            "email": ("customer_email", "billing_email"),
            "phone": ("billing_phone",),
        },
    ),
    "etsy_sold_orders": (
        ORDERS,
        {
            "order_id": ("Order ID",),
            "happened_at": ("Sale Date",),
            "account_id": ("Buyer User ID", "Buyer"),
            "order_state": ("Status",),
            "customer_paid": ("Order Total",),
            "shipping": ("Shipping",),
            "order_discount": ("Discount Amount",),
            "original_currency": ("Currency",),
            "region": ("Ship Country",),
            "customer_name": ("Full Name",),
        },
    ),
    "etsy_sold_orders_classic": (
        ORDERS,
        {
            "order_id": ("Order ID",),
            "happened_at": ("Sale Date",),
            "account_id": ("Buyer User ID", "Buyer"),
            "order_state": ("Status",),
            "customer_paid": ("Order Total",),
            "shipping": ("Shipping",),
            "order_discount": ("Discount Amount",),
            "original_currency": ("Currency",),
            "region": ("Ship Country",),
            "customer_name": ("Full Name",),
        },
    ),
    "etsy_sold_order_items": (
        LINES,
        {
            "order_id": ("Order ID",),
            "happened_at": ("Sale Date",),
            "account_id": ("Buyer",),
            "product_id": ("SKU", "Listing ID"),
            "product_name": ("Item Name",),
            "quantity": ("Quantity",),
            "unit_price": ("Price",),
            "discount": ("Discount Amount",),
            "original_currency": ("Currency",),
            "region": ("Ship Country",),
        },
    ),
    "amazon_all_orders": (
        LINES,
        {
            "order_id": ("amazon-order-id",),
            "happened_at": ("purchase-date",),
            "product_id": ("sku", "asin"),
            "product_name": ("product-name",),
            "quantity": ("quantity",),
            "unit_price": ("item-price",),
            "discount": ("item-promotion-discount",),
            "original_currency": ("currency",),
            "region": ("ship-country", "ship-state"),
            "acquired_by": ("sales-channel", "order-channel"),
        },
    ),
    "squarespace_orders": (
        LINES,
        {
            "order_id": ("Order ID",),
            "happened_at": ("Created at",),
            "account_id": ("Email",),
            "product_id": ("Lineitem sku",),
            "product_name": ("Lineitem name",),
            "quantity": ("Lineitem quantity",),
            "unit_price": ("Lineitem price",),
            "original_currency": ("Currency",),
            "region": ("Billing Country", "Shipping Country"),
        },
    ),
    "magento2_order_grid": (
        ORDERS,
        {
            "order_id": ("ID",),
            "happened_at": ("Purchase Date",),
            "account_id": ("Customer Email",),
            "order_state": ("Status",),
            "customer_paid": ("Grand Total (Purchased)", "Grand Total (Base)"),
            "refunded_amount": ("Total Refunded",),
            "shipping": ("Shipping and Handling",),
            "customer_name": ("Customer Name", "Bill-to Name"),
            "email": ("Customer Email",),
        },
    ),
    "mailchimp_audience": (
        ACCOUNTS,
        {
            "account_id": ("Email Address", "EUID", "LEID"),
            "happened_at": ("OPTIN_TIME", "CONFIRM_TIME"),
            "customer_name": ("First Name", "Last Name"),
            "email": ("Email Address",),
            "region": ("REGION", "CC"),
        },
    ),
    "klaviyo_profiles_partial": (
        ACCOUNTS,
        {
            "account_id": ("Email", "Klaviyo ID"),
            "happened_at": ("Profile Created On", "Date Added"),
            "customer_name": ("First Name", "Last Name"),
            "email": ("Email",),
            "region": ("Country", "State / Region"),
            "acquired_by": ("Source",),
        },
    ),
    "judgeme_reviews": (
        REVIEWS,
        {
            "happened_at": ("review_date",),
            "account_id": ("reviewer_email",),
            "product_id": ("product_id",),
            "rating": ("rating",),
            "review_text": ("body",),
        },
    ),
    "shopify_product_reviews": (
        REVIEWS,
        {
            "happened_at": ("created_at",),
            "account_id": ("email",),
            "product_id": ("product_handle",),
            "rating": ("rating",),
            "review_text": ("body",),
        },
    ),
    "yotpo_reviews": (
        REVIEWS,
        {
            "happened_at": ("Date",),
            "account_id": ("Email",),
            "product_id": ("Product ID",),
            "rating": ("Review Score",),
            "review_text": ("Review Content",),
        },
    ),
    "freshdesk_tickets_metrics": (("ticket",), {"ticket_id": ("Ticket Id",), "ticket_type": ("Type",)}),
    "uci-online-retail": (
        LINES,
        {
            "order_id": ("InvoiceNo",),
            "happened_at": ("InvoiceDate",),
            "account_id": ("CustomerID",),
            "product_id": ("StockCode",),
            "product_name": ("Description",),
            "quantity": ("Quantity",),
            "unit_price": ("UnitPrice",),
            "region": ("Country",),
        },
    ),
    "olist_order_items_dataset": (
        LINES,
        {"order_id": ("order_id",), "product_id": ("product_id",), "unit_price": ("price",)},
    ),
    "olist_orders_dataset": (
        ORDERS,
        {
            "order_id": ("order_id",),
            "happened_at": ("order_purchase_timestamp",),
            "account_id": ("customer_id",),
            "order_state": ("order_status",),
        },
    ),
    "olist_order_payments_dataset": (ORDERS, {"order_id": ("order_id",), "customer_paid": ("payment_value",)}),
    "olist_order_reviews_dataset": (
        REVIEWS,
        {
            "review_id": ("review_id",),
            "happened_at": ("review_creation_date",),
            "rating": ("review_score",),
            "review_text": ("review_comment_message",),
        },
    ),
    "olist_customers_dataset": (
        ACCOUNTS,
        {"account_id": ("customer_unique_id", "customer_id"), "region": ("customer_state", "customer_city")},
    ),
}
