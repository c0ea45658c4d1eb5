"""Drawings as a browser's parser meets them."""

from xml.etree import ElementTree


def texts_of(svg: str) -> list[str]:
    """Texts of a drawing, in the order in which they are drawn."""
    return [node.text or "" for node in ElementTree.fromstring(svg).iter("text")]
