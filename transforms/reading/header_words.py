"""What headers are called in the wild: how much the name of a header sounds like one of our columns."""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from transforms.reading.detect import normalise
from transforms.reading.layout import KINDS, Layout

WORDS: dict[str, tuple[str, ...]] = {
    "order_id": (
        "order id", "order number", "order no", "order", "order name", "invoice no", "invoice number", "receipt number",
        "purchase id", "sales order", "transaction id", "id",
        "订单编号", "订单号", "主订单编号", "交易编号", "单号",
    ),
    "happened_at": (
        "ordered at", "order date", "order time", "order created", "order purchase timestamp", "purchase date",
        "purchased at", "sale date", "sold at", "invoice date", "transaction date", "placed at", "created at", "date",
        "timestamp", "下单时间", "订单创建时间", "订单提交时间", "订单成交时间", "创建时间", "日期",
    ),
    "account_id": (
        "account id", "customer id", "customer number", "customer unique id", "client id", "buyer id", "buyer user id",
        "buyer", "user id", "member id", "买家会员名", "买家id", "会员号", "客户编号",
        "用户id", "下单账号",
    ),
    "product_id": (
        "product id", "product code", "sku", "item sku", "article number", "stock code", "item code", "item id", "asin",
        "listing id", "lineitem sku", "商品编码", "商家编码", "商品id", "货号",
    ),
    "product_name": (
        "product name", "product title", "item name", "title", "description", "lineitem name", "article", "商品名称",
        "商品标题", "宝贝标题", "标题", "商品",
    ),
    "category": ("category", "product type", "product category", "department", "商品类目", "类目名称", "分类", "品类"),
    "quantity": (
        "quantity", "qty", "units", "pieces", "quantity ordered", "lineitem quantity", "购买数量", "商品数量", "数量",
        "订购数量", "件数",
    ),
    "unit_price": (
        "unit price", "price", "item price", "price each", "lineitem price", "价格", "商品单价", "单价", "售价",
    ),
    "discount": (
        "discount", "line discount", "item discount", "lineitem discount", "item promotion discount", "discount amount",
        "优惠金额", "折扣", "优惠",
    ),
    "original_currency": ("currency", "currency code", "order currency", "币种", "货币"),
    "region": (
        "region", "country", "country code", "ship country", "billing country", "shipping country", "state", "province",
        "收货人省份", "收货省份", "省", "省份", "国家", "地区",
    ),
    "acquired_by": (
        "acquired by", "source", "channel", "sales channel", "utm source", "referrer", "订单来源", "来源渠道",
    ),
    "order_state": (
        "order state", "order status", "status", "financial status", "payment status", "订单状态", "状态",
        "订单当前状态",
    ),
    "customer_paid": (
        "customer paid", "order total", "total", "grand total", "amount paid", "total paid", "payment value",
        "order amount", "买家实际支付金额", "订单实付金额", "实付金额", "实付款", "买家实付金额", "用户实付金额",
    ),
    "refunded_amount": (
        "refunded amount", "amount refunded", "refund amount", "total refunded", "refund", "退款金额", "订单已退款金额",
    ),
    "line_price": ("line total", "item total", "gross sales", "商品总价", "商品金额小计", "商品金额"),
    "line_paid": ("line paid", "item paid", "买家实付金额", "商品实际成交金额", "商品实付金额"),
    "line_state": ("line status", "item status", "lineitem status", "订单商品状态", "商品状态"),
    "line_refunded": ("line refund", "item refunded", "商品已退款金额"),
    "tax": ("tax", "taxes", "tax total", "sales tax", "total tax", "vat", "税费", "税额"),
    "adjusted_total": ("adjusted order total", "adjusted total", "total after refunds"),
    "platform_paid": ("platform discount", "platform subsidy", "平台优惠", "平台优惠折扣", "平台补贴"),
    "refund_id": ("refund id", "refund number", "return id", "退款编号", "售后单号"),
    "refund_state": ("refund status", "refund state", "return status", "退款状态", "售后状态"),
    "reason": ("reason", "refund reason", "return reason", "退款原因", "售后原因"),
    "review_state": ("curated", "published", "moderation"),
    "refunded_at": ("refunded at", "refund date", "退款时间", "退款完结时间"),
    "shipping": (
        "shipping", "shipping total", "shipping price", "shipping and handling", "postage", "freight", "freight value",
        "delivery fee", "运费", "邮费", "买家应付邮费",
    ),
    "order_discount": (
        "order discount", "discount total", "cart discount", "discount amount", "店铺优惠合计", "优惠总金额",
    ),
    "order_total": ("amount due", "gross total", "总金额", "应收订单金额", "订单金额"),
    "customer_name": (
        "customer name", "name", "full name", "buyer name", "billing name", "bill to name", "客户姓名", "姓名",
        "买家昵称", "客户昵称", "first name",
    ),
    "email": (
        "email", "email address", "e-mail", "customer email", "billing email", "reviewer email", "邮箱", "电子邮件",
    ),
    "phone": (
        "phone", "phone number", "mobile", "telephone", "billing phone", "手机号", "联系手机", "电话", "买家手机号",
        "客户手机号",
    ),
    "is_business": ("is business", "is business order", "business", "company account", "是否企业"),
    "channel": ("channel", "渠道"),
    "purpose": ("purpose", "consent purpose", "用途"),
    "consent_state": (
        "consent state", "consent", "consent status", "email marketing consent", "accepts marketing",
        "accepts email marketing", "subscription status", "同意状态",
    ),
    "evidence": ("evidence", "consent source", "optin ip", "证据"),
    "review_id": ("review id", "评价编号", "评论id"),
    "rating": ("rating", "stars", "score", "review score", "评分", "星级"),
    "review_text": (
        "review text", "review", "body", "comment", "review content", "review comment message", "评价内容", "评论",
    ),
    "ticket_id": ("ticket id", "ticket number", "case number", "case id", "工单号", "工单编号"),
    "ticket_type": ("ticket type", "type", "工单类型"),
    "first_reply_at": ("first reply at", "first response at", "first response time", "首次回复时间"),
    "resolved_at": ("resolved at", "closed at", "solved at", "resolution time", "解决时间"),
    "reopened_count": ("reopened count", "reopens", "重开次数"),
    "agent_id": ("agent id", "agent", "assignee", "客服"),
    "tags": ("tags", "labels", "标签"),
    "event_id": ("event id", "事件编号"),
    "campaign": ("campaign", "campaign name", "活动"),
    "event_type": ("event type", "event", "action", "事件类型"),
    "arm": ("arm", "variant", "group", "分组"),
    "referral_id": ("referral id", "推荐编号"),
    "referrer_account_id": ("referrer account id", "referrer id", "referrer", "invited by", "推荐人"),
    "unit_cost": ("unit cost", "cost", "cost price", "cost per item", "成本", "成本价", "商品成本价"),
    "attribute": ("attribute", "property", "field", "属性"),
    "attribute_value": ("attribute value", "value", "属性值"),
    "source": ("source", "来源"),
}  # fmt: skip
"""Our column -> what exports call it, in English and Chinese."""
MEANS_ANOTHER = frozenset({"review_state", "order_total"})
"""Columns of ours whose name means another one in the files of others: what was paid."""
INSTANT_OF: dict[str, tuple[str, ...]] = {
    "customer_account": (
        "opened at", "created at", "registered at", "joined", "profile created on", "成为客户时间", "注册时间",
    ),
    "consent": ("said at", "consent timestamp", "opted in at", "optin time", "confirm time", "同意时间"),
    "review": ("reviewed at", "review date", "review creation date", "created at", "date", "评价时间"),
    "ticket": ("opened at", "created at", "created time", "创建时间"),
    "contact_event": ("occurred at", "sent at", "event time", "timestamp", "发送时间"),
    "referral": ("referred at", "referral date", "推荐时间"),
    "product_cost": ("valid from", "effective date", "生效日期"),
    "customer_attribute": ("recorded at", "noted at", "记录时间"),
}  # fmt: skip
"""Kind of file -> what it calls the instant of a row; the other kinds are told by orders."""
_LIKE_AT_ALL = 55
"""Likeness in per cent up to which two names have nothing in common."""
_LATER = 0.001
_HOLDS_ALL = 90
"""Likeness of a name to one all of whose words it holds, and more."""
_NEARLY = 0.9
"""A name that is only like another is never as good as the same."""


def aliases(kind: str, column: str, layouts: Iterable[Layout]) -> list[str]:
    """Names that stand for our column in files of a kind: ours, common ones, and those that `layouts` map to it."""
    common = INSTANT_OF[kind] if column == "happened_at" and kind in INSTANT_OF else WORDS.get(column, ())
    known = [
        header
        for layout in layouts
        if column in layout.columns and kind in {table.name for table in layout.tables}
        for header in layout.headers(column)
    ]
    # Where a kind has no column for the address, it is all that tells the customer.
    address = WORDS["email"] if column == "account_id" and "email" not in KINDS[kind].column_names else ()
    own = () if column in MEANS_ANOTHER else (column,)
    return [*own, *known, *common, *address]


def likeness(header: str, names: Sequence[str]) -> float:
    """From 0 to 1: how much `header` sounds like one of `names`; the same name, however it is spelt, is nearly 1.

    Of two headers that are called by one of `names` the one called by the earlier name is more like them.
    """
    told, spelt = normalise(header), _words(header)
    if not told:
        return 0
    best = 0.0
    for rank, name in enumerate(names):
        words = _words(name)
        if told == normalise(name) or spelt == words:
            return 1 - rank * _LATER
        if " " in words and set(words.split()) <= set(spelt.split()):
            best = max(best, _HOLDS_ALL)
        joined = fuzz.ratio(spelt.replace(" ", ""), words.replace(" ", ""))
        best = max(best, fuzz.token_sort_ratio(spelt, words), joined)
    return _NEARLY * max(0.0, (best - _LIKE_AT_ALL) / (100 - _LIKE_AT_ALL))


def _words(name: str) -> str:
    """Lower-case words: `InvoiceNo`, `invoice_no` and `Invoice no.` are the same."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removeprefix("\ufeff"))
    return " ".join(re.sub(r"[^\w]|_", " ", apart).lower().split())
