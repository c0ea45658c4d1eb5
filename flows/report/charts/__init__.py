"""The report's charts: Vega-Lite, drawn to SVG when the night is shown, so that the page needs no script."""
