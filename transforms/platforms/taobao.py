"""Taobao and Tmall: a file of orders, one of their articles, one of refunds; and files with less in them."""

from dataclasses import replace

from transforms.platforms import unused
from transforms.platforms.china import BEIJING, YUAN
from transforms.reading.layout import ANYTHING, NOTHING, Layout, Part, Platform, State

STATUS, CLOSED_FOR, PAID_AT = "订单状态", "订单关闭原因", "订单付款时间"
NEVER_PAID = ("等待买家付款", "交易被淘宝关闭", "没有创建外部交易", "外卡支付付款确认中")
PAID = (
    "买家已付款，等待卖家发货",
    "等待卖家发货",
    "卖家部分发货",
    "等待买家确认收货",
    "卖家已发货，等待买家确认",
    "买家已签收",
    "交易成功",
    "余额宝0元购合约中",
)
CLOSED = ("交易关闭",)
ORDER_STATES = (
    State("unpaid", {STATUS: NEVER_PAID}),
    State("unpaid", {STATUS: CLOSED, CLOSED_FOR: ("买家未付款",)}),
    State("unpaid", {STATUS: (*PAID, *CLOSED), PAID_AT: NOTHING}),
    State("refunded", {STATUS: CLOSED}),
    State("paid", {STATUS: PAID}),
)

ORDERS = Layout(
    name="taobao_orders",
    kind="purchase_order",
    columns={
        "order_id": "订单编号",
        "happened_at": "订单创建时间",
        "account_id": "买家会员名",
        "order_state": STATUS,
        "customer_paid": "买家实际支付金额",
        "refunded_amount": "退款金额",
        "order_total": "总金额",
        "shipping": "买家应付邮费",
        "original_currency": YUAN,
        "phone": "联系手机",
        "email": Part("买家支付宝账号", r"^\s*(\S+@\S+)\s*$"),
        "buyer_key": Part("买家会员名", r"^\s*(\S.*?)\s*$", "taobao/${1}"),
        "recipient_name": "收货人姓名",
    },
    required=("订单编号", "买家会员名", "买家实际支付金额", STATUS, "订单创建时间", PAID_AT),
    may_be_blank=("customer_paid",),
    states={"order_state": ORDER_STATES},
    timezone=BEIJING,
    exported_at=r"ExportOrderList(\d{12})",
    where="千牛 (Qianniu), 已卖出的宝贝 (items sold), 批量导出 (export): the order report",
    unused={
        unused.RECIPIENT: ("联系电话",),
        unused.ADDRESS: ("收货地址", "修改后的收货地址"),
        unused.DELIVERY: ("运送方式", "物流单号", "物流公司", "配送类型"),
        unused.STAFF: ("店铺Id", "店铺名称", "新零售*", "预约门店"),
        unused.INVOICE: (
            "卖家服务费",
            "买家服务费",
            "发票抬头",
            "打款商家金额",
            "含应开票给个人的个人红包",
            "延迟发货自动赔付金额",
        ),
        unused.PAYMENT: ("支付单号", "支付详情", "买家支付积分", "买家实际支付积分", "是否代付", "是否信用购"),
        unused.FOLLOWS: ("买家应付货款", "天猫卡券抵扣", "(天猫)卡券抵扣", "集分宝抵扣", "积分/集分宝抵扣"),
        unused.OTHER_FILE: ("宝贝标题", "商品标题", "宝贝种类", "宝贝总数量", "修改后的sku"),
        unused.NOTE: ("买家留言", "订单备注", "商家备忘"),
        unused.PLATFORM: (
            "返点积分",
            "是否手机订单",
            "是否上传合同照片",
            "是否上传小票",
            "异常信息",
            "是否是O2O交易",
            # Its parts have numbers and amounts of their own in 订单编号 and 买家实际支付金额.
            "主订单编号",
        ),
        unused.STAGE: ("分阶段订单信息", "确认收货时间", "发货时间"),
        unused.CAMPAIGN: (
            "特权订金订单id",
            "定金排名",
            "体验期结束时间",
            "前N有礼",
            "直播返现状态",
            "返现金额",
            "预售订单",
        ),
    },
)

_NAMES_THE_BUYER = {"account_id", "phone", "email", "buyer_key", "recipient_name"}
ORDERS_WITHOUT_BUYER = replace(
    ORDERS,
    name="taobao_orders_without_buyer",
    columns={name: told for name, told in ORDERS.columns.items() if name not in _NAMES_THE_BUYER},
    required=tuple(header for header in ORDERS.required if header != "买家会员名"),
    anonymous="The order report of 2025 and later has no column for the buyer's member name (买家会员名).",
    unused=ORDERS.unused
    | {
        unused.RECIPIENT: (*ORDERS.unused[unused.RECIPIENT], "联系手机", "收货人姓名"),
        unused.PERSON: ("买家支付宝账号",),
    },
)
"""A layout of its own, so that a shop whose report lost the buyer is told and does not just find its customers gone."""

ORDER_REPORT = Layout(
    name="tmall_order_report",
    kind="purchase_order",
    columns={
        "order_id": "订单编号",
        "happened_at": "订单创建时间",
        "order_state": PAID_AT,
        "customer_paid": "买家实际支付金额",
        "refunded_amount": "退款金额",
        "order_total": "总金额",
        "original_currency": YUAN,
    },
    required=("订单编号", "总金额", "买家实际支付金额", "订单创建时间", PAID_AT, "退款金额"),
    absent=("买家会员名", STATUS),
    may_be_blank=("customer_paid",),
    states={"order_state": (State("paid", {PAID_AT: ANYTHING}), State("unpaid", {PAID_AT: NOTHING}))},
    timezone=BEIJING,
    anonymous="The report has no column for the buyer.",
    unused={unused.ADDRESS: ("收货地址",)},
)

ITEMS = Layout(
    name="taobao_order_items",
    kind="order_line",
    columns={
        "order_id": "订单编号",
        "product_id": ("商家编码", "外部系统编号", "标题"),
        "product_name": "标题",
        "quantity": "购买数量",
        "unit_price": "价格",
        "original_currency": YUAN,
    },
    required=("订单编号", "价格", "购买数量", ("商家编码", "外部系统编号", "标题")),
    timezone=BEIJING,
    exported_at=r"ExportOrderDetailList(\d{12})",
    where="千牛 (Qianniu), 已卖出的宝贝 (items sold), 批量导出 (export): the report of items",
    unused={
        unused.LATER: ("商品属性", "套餐信息"),
        unused.NOTE: ("备注",),
        unused.OTHER_FILE: (STATUS,),
    },
)

REFUND_OPEN = (
    "买家已经申请退款，等待卖家同意",
    "卖家已经同意退款，等待买家退货",
    "买家已经退货，等待卖家确认收货",
    "卖家拒绝退款",
)
"""As the open platform's reference of `taobao.refund.get` has them."""
REFUNDS = Layout(
    name="taobao_refunds",
    kind="refund",
    columns={
        "order_id": "订单编号",
        "refund_id": "退款编号",
        "account_id": "买家会员名称",
        "happened_at": ("退款完结时间", "完结时间"),
        "product_id": "商品编码",
        "refunded_amount": "买家退款金额",
        "refund_state": "退款状态",
        "reason": "买家退款原因",
        "original_currency": YUAN,
    },
    required=("订单编号", "退款编号", "买家退款金额", "退款状态"),
    may_be_blank=("happened_at",),
    states={
        "refund_state": (
            State("done", {"退款状态": ("退款成功",)}),
            State("closed", {"退款状态": ("退款关闭",)}),
            State("open", {"退款状态": REFUND_OPEN}),
        )
    },
    timezone=BEIJING,
    where="千牛 (Qianniu), the list of refunds, export",
    unused={
        unused.PAYMENT: ("支付宝交易号", "支付单号"),
        unused.OTHER_FILE: (PAID_AT, "买家实际支付金额", "宝贝标题"),
        unused.DELIVERY: ("货物状态", "退货物流*", "发货物流信息"),
        unused.STAFF: (
            "卖家*",
            "审核操作人",
            "退款操作人",
            "是否帮他退款",
            "帮他退款操作账号",
        ),
        unused.STAGE: ("是否需要退货", "退款的申请时间", "超时时间", "买家退货时间", "售中或售后"),
        unused.PLATFORM: ("手工退款/系统退款", "客服介入状态", "责任方", "举证超时", "是否零秒响应", "业务类型"),
        unused.FOLLOWS: ("部分退款/全部退款",),
        unused.NOTE: ("买家退款说明", "商家备注"),
        unused.LATER: ("售后类型", "退款原因标签"),
    },
)

QIANNIU_ITEMS = Layout(
    name="qianniu_order_items",
    kind="order_line",
    columns={},
    required=("子订单编号", "主订单编号", "商家编码", "商品标题"),
    timezone=BEIJING,
    refused="The list has neither pieces nor prices. Export the order report and the report of items instead "
    "(ExportOrderList and ExportOrderDetailList).",
    where="千牛 (Qianniu), the newer list of items sold",
)

REFUND_STATUS, LINE_STATUS = "退款状态", "订单当前状态"
GIVEN_BACK = ("仅退款(已到账)", "已全额退款", "售后退款成功")
NOT_GIVEN_BACK = ("无退款", *NOTHING)
LINES = Layout(
    name="taobao_order_lines",
    kind="order_line",
    columns={
        "order_id": "子订单编号",
        "happened_at": "下单时间",
        "product_id": "商品编码",
        "product_name": "商品标题",
        "category": "类目名称",
        "quantity": "购买数量",
        "line_paid": "买家实付金额",
        "line_state": LINE_STATUS,
        "line_refunded": "退款金额",
        "original_currency": YUAN,
    },
    required=("子订单编号", "下单时间", "商品编码", "购买数量", "买家实付金额", REFUND_STATUS, LINE_STATUS),
    states={
        "line_state": (
            State("unpaid", {LINE_STATUS: NEVER_PAID}),
            # Nothing else tells a purchase that was paid and closed from one that was never paid.
            State("unpaid", {LINE_STATUS: CLOSED, REFUND_STATUS: NOT_GIVEN_BACK}),
            State("refunded", {LINE_STATUS: (*PAID, *CLOSED), REFUND_STATUS: GIVEN_BACK}),
            State("paid", {LINE_STATUS: PAID, REFUND_STATUS: NOT_GIVEN_BACK}),
        )
    },
    timezone=BEIJING,
    anonymous="The list has no column for the buyer, and each line has a number of its own, not that of its order.",
    unused={unused.ADDRESS: ("收货省份",)},
)

PLATFORM = Platform(
    name="taobao",
    title="Taobao, Tmall",
    layouts=(ORDERS, ORDERS_WITHOUT_BUYER, ORDER_REPORT, ITEMS, REFUNDS, QIANNIU_ITEMS, LINES),
    buyer="买家会员名, the member name; nobody where it is masked. The recipient may be another: the name is read "
    "to tell accounts apart.",
    money="`customer_paid` is 买家实际支付金额. Where the export prints it less refunds, the refund is put back. An "
    "order closed after payment is given back in full unless 退款金额 says less.",
    lacks=(
        "A buyer in the order report of 2025 and later",
        "Refunds in part where the order report has no 退款金额 and the file of refunds is not there",
        "Consent to marketing",
    ),
)
