"""What every platform in China has in common."""

from transforms.reading.layout import Always

YUAN = Always("CNY")
BEIJING = "Asia/Shanghai"
